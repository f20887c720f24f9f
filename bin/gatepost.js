#!/usr/bin/env node
import './check-node.js'

// Compiled once and kept in the temporary folder: every command then starts a quarter sooner. By this name the threads
// that hash passwords know it too.
const { enableCompileCache } = await import('node:module')
const { tmpdir } = await import('node:os')
process.env.NODE_COMPILE_CACHE ??= `${tmpdir()}/node-compile-cache`
enableCompileCache()
await import('./quick-imports.js')

const { runCli } = await import('../src/cli.ts')
await runCli(process.argv)
