import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

// Checks the committed document with the strictest published rules. `npm run lint:document` installs the linters first.

const folder = fileURLToPath(new URL('./lint/', import.meta.url))
const document = '../openapi.json'

/** The minimum score of IBM's validator, which scores with its own rules; none is switched off. */
const minScores = { overall: 80, security: 90 }

function run(command: string, args: string[], stdout: 'inherit' | 'pipe' = 'inherit') {
  const result = spawnSync(command, args, {
    cwd: folder,
    stdio: ['ignore', stdout, 'inherit'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  })
  if (result.error) throw result.error
  return result
}

const linter = (name: string, script: string, args: string[], stdout?: 'pipe') => {
  process.stdout.write(`\n${name}\n`)
  return run(process.execPath, [`node_modules/${script}`, ...args], stdout)
}

function score(): boolean {
  const { stdout } = linter(
    'IBM OpenAPI validator',
    'ibm-openapi-validator/src/cli-validator/index.js',
    ['--ruleset', 'default', '--impact-score', '--json', document],
    'pipe',
  )
  const scores = JSON.parse(stdout).impactScore.categorizedSummary as Record<string, number>
  for (const [name, value] of Object.entries(scores)) process.stdout.write(`  ${name}: ${value}\n`)
  const tooLow = Object.entries(minScores).filter(([name, min]) => !((scores[name] ?? 0) >= min))
  for (const [name, min] of tooLow) process.stderr.write(`The score for ${name} must be at least ${min}.\n`)
  return tooLow.length === 0
}

const passed = [
  linter('Spectral: OpenAPI and OWASP', '@stoplight/spectral-cli/dist/index.js', [
    'lint',
    document,
    '--ruleset=spectral.yaml',
    '--fail-severity=hint',
  ]).status === 0,
  linter('Redocly: recommended-strict', '@redocly/cli/bin/cli.js', [
    'lint',
    document,
    '--config=redocly.yaml',
  ]).status === 0,
  score(),
]
process.exitCode = passed.every(Boolean) ? 0 : 1
