// Plain JavaScript that any Node version can run. It prints a sentence where an old Node would print a stack trace.
// Gatepost runs TypeScript from source, which Node 22.18, 24 and later do without a flag.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Gatepost needs Node 22.18 or newer and this is ${process.version}. ` +
      'Run it through npm ("npm start", "npm test", "npx gatepost"), which uses the Node 26 that "npm ci" put into ' +
      'node_modules; if npm is what you used, this platform has no such package: install Node 24 or newer yourself.\n',
  )
  process.exit(1)
}
