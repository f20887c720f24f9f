#!/usr/bin/env node
import './check-node.js'
import './small-heap.js'

await import('./quick-start.js')
const { runCli } = await import('../src/cli.ts')
await runCli(process.argv)
