// Zod for the Worker: wrangler.toml puts this in the place of `zod`. Whoever imports `z` gets all of it, and what
// nobody here uses (50 languages, JSON Schema, `z.core`, half of the kinds) is a third of Zod and of its start.

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
