import { fork, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

// `gatepost start` becomes itself once more, with less memory. Each time it begins, this prints how.

const program = fileURLToPath(new URL('../../bin/gatepost.js', import.meta.url))
const report =
  'console.log("begins", JSON.stringify([process.pid, process.execArgv.join(" "), process.env.MALLOC_ARENA_MAX]))'
const options = ['--import', `data:text/javascript,${encodeURIComponent(report)}`]
const environment = { PATH: process.env.PATH, HOME: process.env.HOME }
const small = '--max-semi-space-size=4 --heap-growing-percent=30 '

interface Beginning {
  pid: number
  isSmall: boolean
  arenas: string | null
}

function beginnings(output: string): Beginning[] {
  return [...output.matchAll(/^begins (.*)$/gm)].map(([, line = '']) => {
    const [pid, flags, arenas] = JSON.parse(line)
    return { pid, isSmall: flags.startsWith(small), arenas }
  })
}

/** Runs a command that ends at once. */
async function run(args: string[], more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [...options, program, ...args], { env: { ...environment, ...more } })
  const output = await text(child.stdout)
  return { pid: child.pid, output, begun: beginnings(output) }
}

test('The service runs with a small heap, as the process that was started and with its arguments', async () => {
  const { pid, output, begun } = await run(['start', '--help'])
  expect(begun).toEqual([
    { pid, isSmall: false, arenas: null },
    { pid, isSmall: true, arenas: '1' },
  ])
  expect(output).toMatch(/^Usage: gatepost start/m)
})

test('Whoever chooses a size, or how many arenas there are, is left with it', async () => {
  const { pid, begun } = await run(['start', '--help'], { NODE_OPTIONS: '--max-semi-space-size=16' })
  expect(begun).toEqual([{ pid, isSmall: false, arenas: null }])
  const arenas = await run(['start', '--help'], { MALLOC_ARENA_MAX: '3' })
  expect(arenas.begun).toMatchObject([{ arenas: '3' }, { isSmall: true, arenas: '3' }])
})

test('A file that is open already stays open', async () => {
  const { begun } = await run(['start', '--help'], { JWT_KEYS: '/dev/fd/3' })
  expect(begun).toMatchObject([{ isSmall: false }])
})

test('A process that is profiled runs as it is', async () => {
  const args = [
    '--cpu-prof',
    `--cpu-prof-dir=${tmpdir()}`,
    '--cpu-prof-name=gatepost-small-heap-test.cpuprofile',
  ]
  const child = spawn(process.execPath, [...args, ...options, program, 'start', '--help'], {
    env: environment,
  })
  const output = await text(child.stdout)
  expect(beginnings(output)).toMatchObject([{ isSmall: false }])
  expect(output).toMatch(/^Usage: gatepost start/m) // it was not ended by a signal of the profiler
})

test('Other commands, and a process that its parent talks to, run as they are', async () => {
  expect((await run(['migrate', '--help'])).begun).toMatchObject([{ isSmall: false }])
  const child = fork(program, ['start', '--help'], { execArgv: options, env: environment, silent: true })
  if (!child.stdout) throw new Error('It has no output.')
  expect(beginnings(await text(child.stdout))).toMatchObject([{ isSmall: false }])
})
