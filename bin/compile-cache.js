import module from 'node:module'
import { tmpdir } from 'node:os'

// Compiled code is kept in the temporary folder, so a start takes a third less processor time (docs/performance.md).
// The variable passes the folder on to the threads that hash passwords.
process.env.NODE_COMPILE_CACHE ||= `${tmpdir()}/node-compile-cache`
// An old Node does not have this function; check-node.js reports that.
module.enableCompileCache?.()
