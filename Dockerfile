# syntax=docker/dockerfile:1
# docker build -t gatepost . && docker run -p 3000:3000 -e DATABASE_URL=… -e JWT_SECRET=… gatepost

# Only npm is taken from here: the Node that Gatepost runs on comes with its packages, as everywhere.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages/client/package.json packages/client/package.json
COPY packages/conform/package.json packages/conform/package.json
# Headers to compile against are half as large as Node itself.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/node-*/include node_modules/node-*/share
COPY bin bin
COPY packages packages
COPY drizzle drizzle
COPY openapi/openapi.json openapi/openapi.yaml openapi/
COPY src src

FROM debian:trixie-slim
# All that Node needs and that is not there.
RUN apt-get update && apt-get install --yes --no-install-recommends libatomic1 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# One arena of the C library for all threads, and a young generation of 16 MiB: docs/performance.md has the figures.
ENV NODE_ENV=production PATH=/app/node_modules/.bin:$PATH MALLOC_ARENA_MAX=1
# Owned by root: the service cannot change itself.
COPY --from=build /app .
USER 10001:10001
EXPOSE 3000
# Alive or not; whether it can work, and may be sent requests, is what /readyz says.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Give it longer than SHUTDOWN_TIMEOUT to end: docker stop --time 15
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "--max-semi-space-size=16", "bin/gatepost.js"]
CMD ["start"]
