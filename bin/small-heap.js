// V8 and the C library take these from the command that starts a process, and from nothing later: a young generation
// of 4 MB at most instead of 32, an old one that grows by 60 % between two collections, and one arena for all threads.
// They take 100 MB of 250 from a busy service, for a twentieth to a tenth more of processor time (docs/performance.md).
// So `gatepost start` begins with becoming itself once more, which is no new process: number, files and signals stay.
// Who chooses a size, as in NODE_OPTIONS=--max-semi-space-size=16, is left with it.

export const flags = ['--max-semi-space-size=4', '--heap-growing-percent=60']
export const environment = { MALLOC_ARENA_MAX: '1' }

const isChosen = /max[-_]semi[-_]space[-_]size/.test([...process.execArgv, process.env.NODE_OPTIONS].join())
const isWatched = process.send !== undefined // by node --watch, or a parent: its channel would not survive

if (process.argv[2] === 'start' && !isChosen && !isWatched) {
  const command = [process.execPath, ...flags, ...process.execArgv, ...process.argv.slice(1)]
  try {
    process.execve?.(process.execPath, command, { ...environment, ...process.env })
  } catch {
    // Where that is not allowed it runs as it is.
  }
}
