#!/usr/bin/env node
import './check-node.js'
import './compile-cache.js'

const { runCli } = await import('../src/cli.ts')
await runCli(process.argv)
