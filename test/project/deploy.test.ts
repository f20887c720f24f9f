import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
const hasAnalysis = hasSystemd && spawnSync('systemd-analyze', ['security', '--help']).status === 0

/** The unit, with the program in this folder instead of the installed one. */
function unitHere(): { path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-unit-'))
  const path = join(folder, 'gatepost.service')
  const text = read('docs/deploy/gatepost.service').replaceAll(
    '/opt/gatepost/node_modules/.bin/node',
    process.execPath,
  )
  writeFileSync(path, text)
  return { path, remove: () => rmSync(folder, { recursive: true }) }
}

describe('the unit for systemd', () => {
  test('systemd accepts the unit', ({ skip }) => {
    skip(!hasSystemd, 'systemd-analyze is not installed')
    const unit = unitHere()
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit.path], {
      encoding: 'utf8',
    })
    unit.remove()
    expect([status, stderr]).toEqual([0, ''])
  })

  test('The unit grants the service only the rights that it needs', ({ skip }) => {
    skip(!hasAnalysis, 'systemd-analyze has no security analysis here')
    const unit = unitHere()
    const args = ['security', '--offline=true', '--threshold=20', unit.path]
    const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
    unit.remove()
    expect([status, stderr, stdout.includes('Overall exposure level')]).toEqual([0, '', true])
  })

  test('The unit waits longer than the service takes to stop', () => {
    const [, seconds] = /^TimeoutStopSec=(\d+)s$/m.exec(read('docs/deploy/gatepost.service')) ?? []
    const settings = read('docs/configuration.md')
    const given = (name: string) => Number(new RegExp(`\`${name}\` \\| \`(\\d+)s\``).exec(settings)?.[1])
    expect(Number(seconds)).toBeGreaterThan(given('SHUTDOWN_TIMEOUT') + given('DATABASE_TIMEOUT'))
  })
})

describe('the Dockerfile', () => {
  const steps = read('Dockerfile')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line))
    .map((line) => ({ step: line.slice(0, line.indexOf(' ')), rest: line.slice(line.indexOf(' ') + 1) }))
  const last = (name: string) => steps.findLast(({ step }) => step === name)?.rest ?? ''
  const sources = steps
    .filter(({ step, rest }) => step === 'COPY' && !rest.startsWith('--from'))
    .flatMap(({ rest }) => rest.split(' ').slice(0, -1))

  test('The Dockerfile copies only existing files, and .dockerignore allows only these', () => {
    expect(sources.filter((path) => !existsSync(join(root, path)))).toEqual([])
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    expect(allowed.sort()).toEqual([...new Set(sources)].sort())
  })

  test('The image contains all parts of the service', () => {
    const imported = execFileSync('git', ['ls-files', 'src', 'bin'], { cwd: root, encoding: 'utf8' })
      .split('\n')
      .filter((path) => /\.[jt]s$/.test(path))
      .flatMap((path) =>
        [...read(path).matchAll(/(?:from|import) '(\.[^']+)'/g)].map((match) =>
          join(path, '..', match[1] ?? ''),
        ),
      )
    const isCopied = (path: string) =>
      sources.some((source) => path === source || path.startsWith(`${source}/`))
    expect(imported.filter((path) => !isCopied(path) && !path.startsWith('test/'))).toEqual([])
  })

  test('The image runs without root, has a health check, and uses the Node of the packages', () => {
    expect(last('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    expect(last('ENV')).toContain('NODE_ENV=production')
    expect(last('ENV')).toContain('PATH=/app/node_modules/.bin:$PATH')
    const [, check = '[]'] = /CMD (\[.*\])$/.exec(last('HEALTHCHECK')) ?? []
    const [program, ...args] = JSON.parse(check)
    expect(program).toBe('node')
    // No server listens there.
    expect(spawnSync(process.execPath, args, { env: { PORT: '9' } }).status).toBe(1)
  })
})
