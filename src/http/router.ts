import { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '../context.ts'
import { refuseInvalid } from './validation.ts'

/** A router for one resource; `app.ts` mounts it. */
export function createRouter() {
  return new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid })
}
