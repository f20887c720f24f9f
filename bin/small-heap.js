// V8 and the C library take these from the command that starts a process, and from nothing later: a young generation
// of 4 MB at most instead of 32, an old one that grows by 30 % between two collections, and one arena for all threads.
// They take 100 MB of 250 from a busy service, for some processor time (docs/performance.md). So `gatepost start`
// begins with becoming itself once more, which is no new process: its number, standard input and output stay. Who
// chooses a size, as in NODE_OPTIONS=--max-semi-space-size=16, is left with it.

export const flags = ['--max-semi-space-size=4', '--heap-growing-percent=30']
export const environment = { MALLOC_ARENA_MAX: '1' }

const said = [...process.execArgv, ...Object.values(process.env), ...process.argv].join('\n')
const isLeftAlone =
  /(max|min)[-_]semi[-_]space[-_]size/.test(said) ||
  /--inspect/.test(said) || // a debugger would lose it, or stop twice
  /--(cpu-)?prof\b/.test(said) || // the profiler's next signal would find nobody who takes it, and end the process
  /\/fd\/\d/.test(said) || // a file that is open already, such as JWT_KEYS=/dev/fd/3, would be closed
  process.send !== undefined || // the channel to a parent or to node --watch, too
  process.platform === 'win32' ||
  Number.parseInt(process.versions.node, 10) < 26 // where it is not allowed, older ones abort

if (process.argv[2] === 'start' && !isLeftAlone) {
  const command = [process.execPath, ...flags, ...process.execArgv, ...process.argv.slice(1)]
  try {
    process.execve?.(process.execPath, command, { ...environment, ...process.env })
  } catch {
    // Not allowed here: it runs as it is.
  }
}
