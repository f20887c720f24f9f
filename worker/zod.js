// Replaces `zod` in the Worker (see wrangler.toml). An import of `z` includes everything, and the unused parts (50
// languages, JSON Schema, `z.core`, half of the types) are a third of Zod's size and start time.

export * as iso from '../node_modules/zod/v4/classic/iso.js'
export {
  array,
  boolean,
  discriminatedUnion,
  enum,
  guid,
  int,
  int32,
  literal,
  number,
  object,
  preprocess,
  strictObject,
  string,
  tuple,
  union,
  unknown,
  uuid,
  ZodObject,
  ZodType,
} from '../node_modules/zod/v4/classic/schemas.js'
export { NEVER } from '../node_modules/zod/v4/core/index.js'
export * as z from './zod.js'
