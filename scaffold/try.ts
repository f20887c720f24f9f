import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, lstat, mkdir, mkdtemp, readdir, readlink, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Adds two resources to a copy of this folder with `npm run new`, as a contributor would, and changes nothing else.
// Then every part of `npm run verify` that covers all resources must pass. The copy is deleted.

const root = fileURLToPath(new URL('..', import.meta.url))

const tests = {
  'in-process': [
    'test/api/notes.test.ts',
    'test/api/reading-lists.test.ts',
    'test/api/every-operation.test.ts',
  ],
  others: ['test/document/every-status.test.ts', 'test/conform/conform.test.ts'],
}
/** The kit's test of a correct server. Its other tests plant faults in operations of the contract. */
const titles = 'Each operation|with the embedded database'

const steps: string[][] = [
  ['run', 'new', '--', 'notes'],
  ['run', 'generate'],
  ['run', 'new', '--', 'reading-lists'],
  ['run', 'generate'],
  ['run', 'lint'],
  ['run', 'typecheck'],
  ['run', 'check:generated'],
  ['run', 'lint:document'],
  ['run', 'compare:document'],
  ['test', '--', '--project', 'in-process', ...tests['in-process']],
  ['test', '--', '--project', 'unit', '--project', 'processes', ...tests.others, '--testNamePattern', titles],
]

const folder = await mkdtemp(join(tmpdir(), 'gatepost-new-'))
const copy = join(folder, 'project')
/**
 * The temporary folder of the tests. It is deleted with the copy: databases cached there have tables of no other run.
 */
const temporary = join(folder, 'tmp')
const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort())
try {
  await mkdir(temporary)
  await copyProject()
  for (const step of steps) await npm(step)
} finally {
  await rm(folder, { recursive: true })
}

/** The tracked and untracked files of git, with the installed packages of this folder. */
async function copyProject(): Promise<void> {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const file of listed.split('\0').filter(Boolean)) {
    await mkdir(dirname(join(copy, file)), { recursive: true })
    // with its modification time: openapi/lint.ts reinstalls packages that are older than the lock file
    const options = { preserveTimestamps: true }
    await cp(join(root, file), join(copy, file), options).catch(ignoreMissing) // deleted, but not committed yet
  }
  for (const place of ['', 'openapi/generators/', 'openapi/lint/'])
    await linkPackages(`${place}node_modules`).catch(ignoreMissing)
}

/**
 * Links each installed package instead of the folder, so that packages installed in the copy do not change this folder.
 * A workspace is a relative link, which points into the copy.
 */
async function linkPackages(packages: string): Promise<void> {
  const names = await readdir(join(root, packages))
  await mkdir(join(copy, packages))
  for (const name of names) {
    const [from, to] = [join(root, packages, name), join(copy, packages, name)]
    if ((await lstat(from)).isSymbolicLink()) await symlink(await readlink(from), to)
    else if (name.startsWith('@')) await linkPackages(`${packages}/${name}`)
    else await symlink(from, to)
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

async function npm(args: string[]): Promise<void> {
  process.stdout.write(`\n$ npm ${args.join(' ')}\n`)
  const startedAt = Date.now()
  const child = spawn('npm', args, {
    cwd: copy,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'inherit', 'inherit'],
    signal: interruption.signal,
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`In a copy with a new resource, npm ${args.join(' ')} has failed.`)
  process.stdout.write(`  ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`)
}
