import module from 'node:module'
import { tmpdir } from 'node:os'

// Compiled once and kept in the temporary folder: a start takes a third less processor time (docs/performance.md).
// By this variable the threads that hash passwords find it too.
process.env.NODE_COMPILE_CACHE ||= `${tmpdir()}/node-compile-cache`
// An old Node has no such function, and check-node.js tells it so.
module.enableCompileCache?.()
