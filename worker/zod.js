// Zod for the Worker: wrangler.toml puts this in the place of `zod`. Whoever imports `z` gets all of it, and the
// parts left out (50 languages, JSON Schema, `z.core`) are a fifth of the script and a tenth of its start.

export * from '../node_modules/zod/v4/classic/errors.js'
export * as iso from '../node_modules/zod/v4/classic/iso.js'
export * from '../node_modules/zod/v4/classic/parse.js'
export * from '../node_modules/zod/v4/classic/schemas.js'
export {
  flattenError,
  formatError,
  NEVER,
  prettifyError,
  treeifyError,
} from '../node_modules/zod/v4/core/index.js'
export * as z from './zod.js'
