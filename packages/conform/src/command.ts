import { Command, InvalidArgumentError } from 'commander'

// Loaded with the help of `gatepost`, so it imports no slow module: the others are loaded when the command runs.

const help = `
It registers some accounts (conform-…), uses them, and deletes them again; it changes nothing else.
Without --admin, what only admins may do is skipped. The password of the admin is read from the variable
GATEPOST_ADMIN_PASSWORD, or asked for.
Groups: service, conventions, accounts, sessions, cookies, guards, tokens, privacy, posts, conditions,
revisions, comments, lists, search, admins, limits.
Exit code: 0 if all is as it should be, 1 if something is not, 2 if nothing could be found out.`

/** The command line of the kit: `gatepost conform`, and `gatepost-conform` by itself. */
export function conformCommand(name = 'conform'): Command {
  return new Command(name)
    .description('check a running Gatepost over HTTP, whoever runs it and on what')
    .showHelpAfterError('--help lists what is possible.')
    .argument('<url>', 'address of the server, such as https://api.example.com')
    .option('--admin <username>', 'also check what admins may do, as this one')
    .option('--only <groups>', 'only these groups of checks, comma separated', groupNames)
    .option('--json', 'print the report as JSON')
    .option('--slow', 'also check what takes time: some 15 seconds more')
    .option('--limits', 'also use a limit up; one account cannot be deleted then until it is over')
    .option('--timeout <seconds>', 'the maximum time for a response', seconds, 10)
    .addHelpText('after', help)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .action(async (url, options) => (await import('./run.ts')).runConform(url, options))
}

const groups =
  'service conventions accounts sessions cookies guards tokens privacy posts conditions revisions comments lists search admins limits'.split(
    ' ',
  )

function groupNames(value: string): string[] {
  const names = value.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !groups.includes(name))
  if (unknown.length > 0)
    throw new InvalidArgumentError(`There is no group ${unknown.join(', ')}. Groups: ${groups.join(', ')}.`)
  return names
}

function seconds(value: string): number {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < 1 || number > 600)
    throw new InvalidArgumentError('It must be a whole number from 1 to 600.')
  return number
}
