import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import program from '../package.json' with { type: 'json' }
import { conformCommand } from '../packages/conform/src/command.ts'
import { tokenScopeNames } from './api/scopes.ts'
import { type Config, parseConfig } from './config/config.ts'
import { settingsText } from './config/help.ts'
import { duration } from './config/values.ts'

// Each command's module is loaded only when it runs, so that the other commands start faster.

/** Runs one command line. A failure ends the process with one sentence and exit code 1. */
export async function runCli(argv: string[]): Promise<void> {
  process.stdout.on('error', endQuietly)
  try {
    await buildCli().parseAsync(argv)
  } catch (error) {
    const { explain } = await import('./commands/explain.ts')
    process.stderr.write(`${explain(error)}\n`)
    process.exit(1)
  }
}

function buildCli(): Command {
  const cli = new Command('gatepost')
    .description('Accounts and posts: an OpenAPI-first API on Node and PostgreSQL.')
    .version(program.version)
    .showHelpAfterError('--help lists what is possible.')
    .addHelpText('after', '\nSettings come from environment variables: gatepost start --help lists them.')

  cli
    .command('start')
    .description('start the service')
    .option(
      '--workers <number>',
      'processes that share the address, on a PostgreSQL server',
      wholeNumber(1, 64),
      1,
    )
    .addHelpText('after', `\n${settingsText()}`)
    .action(async (options) => (await import('./commands/start.ts')).start(config(), options))

  cli
    .command('migrate')
    .description('bring the tables of the database to the version of this program')
    .action(async () => (await import('./commands/migrate.ts')).migrateDatabase(config()))

  cli
    .command('openapi')
    .description('print the OpenAPI document')
    .addOption(
      new Option(
        '--format <format>',
        'as it is, as YAML, for tools that know OpenAPI 3.0 only, or for Postman',
      )
        .choices(['json', 'yaml', '3.0', 'postman'])
        .default('json'),
    )
    .option('--output <file>', 'write it to a file instead')
    .action(async (options) => (await import('./commands/openapi.ts')).printDocument(options))

  addBackupCommands(cli)
  addUserCommands(cli)
  addTokenCommands(cli)
  addKeyCommands(cli)
  addMoveCommands(cli)
  cli.addCommand(conformCommand())

  cli
    .command('demo')
    .description('fill the database with believable users and posts')
    .option('--users <number>', 'how many users', wholeNumber(1, 100_000), 20)
    .option('--posts <number>', 'how many posts', wholeNumber(0, 10_000_000), 200)
    .action(async (options) => (await import('./commands/demo.ts')).loadDemo(config(), options))

  return cli
}

function addBackupCommands(cli: Command): void {
  const whileStopped = '\nThe embedded database belongs to one process at a time: stop the service first.'
  cli
    .command('backup')
    .description('write the embedded database and its JWT secret to a file')
    .argument('<file>', 'such as gatepost.tar.gz; it appears when it is complete')
    .addHelpText('after', whileStopped)
    .action(async (file) => (await import('./commands/backup.ts')).backUp(config(), file))

  cli
    .command('restore')
    .description('put a backup in the place of the embedded database')
    .argument('<file>', 'what "gatepost backup" has written')
    .option('--force', 'replace the database that is there')
    .addHelpText('after', whileStopped)
    .action(async (file, options) => (await import('./commands/restore.ts')).restore(config(), file, options))
}

function addUserCommands(cli: Command): void {
  const user = cli.command('user').description('manage accounts')
  const roles = ['user', 'admin']
  const passwordHelp = '\nThe password is read from standard input: typed unseen on a terminal, or piped in.'

  user
    .command('create')
    .description('make an account')
    .requiredOption('--username <name>', 'username (required)')
    .requiredOption('--email <address>', 'e-mail address (required)')
    .addOption(new Option('--role <role>', 'what it may do').choices(roles).default('user'))
    .addHelpText('after', passwordHelp)
    .action(async (options) => (await import('./commands/users.ts')).createUser(config(), options))

  user
    .command('list')
    .description('list accounts, newest first')
    .option('--q <text>', 'part of the username')
    .option('--limit <number>', 'how many', wholeNumber(1, 100_000), 100)
    .option('--json', 'as JSON Lines')
    .action(async (options) => (await import('./commands/users.ts')).printUsers(config(), options))

  user
    .command('set-role')
    .description('change what an account may do')
    .argument('<username>', 'username or e-mail address')
    .addArgument(new Argument('<role>', 'what it may do').choices(roles))
    .action(async (name, newRole) => (await import('./commands/users.ts')).setRole(config(), name, newRole))

  user
    .command('set-password')
    .description('give an account a new password')
    .argument('<username>', 'username or e-mail address')
    .addHelpText('after', passwordHelp)
    .action(async (name) => (await import('./commands/users.ts')).setPassword(config(), name))
}

function addTokenCommands(cli: Command): void {
  const token = cli.command('token').description('manage API tokens, which let programs act for a user')

  token
    .command('create')
    .description('create an API token; standard output contains only the token')
    .argument('<username>', 'username or e-mail address')
    .requiredOption('--name <text>', 'name of the token, such as the program that uses it (required)')
    .addOption(
      new Option('--scope <scope...>', 'scopes of the token (required), separated by blanks')
        .choices(tokenScopeNames)
        .makeOptionMandatory(),
    )
    .option(
      '--expires-in <time>',
      'lifetime, such as 30d or 12h (default: 90d, or API_TOKEN_MAX_AGE if less)',
      timeSpan,
    )
    .action(async (name, options) =>
      (await import('./commands/tokens.ts')).createToken(config(), name, options),
    )

  token
    .command('list')
    .description('list the API tokens of a user, newest first')
    .argument('<username>', 'username or e-mail address')
    .option('--json', 'as JSON Lines')
    .action(async (name, options) =>
      (await import('./commands/tokens.ts')).printTokens(config(), name, options),
    )

  token
    .command('revoke')
    .description('revoke an API token; servers refuse it within a second')
    .argument('<username>', 'username or e-mail address')
    .argument('<id>', 'id of the token, from "token list"', uuid)
    .action(async (name, id) => (await import('./commands/tokens.ts')).revokeToken(config(), name, id))
}

function addKeyCommands(cli: Command): void {
  const keys = cli.command('keys').description('manage the keys that sign access tokens (JWT_KEYS)')
  const algorithm = new Option('--alg <algorithm>', 'kind of key')
    .choices(['EdDSA', 'ES256', 'RS256'])
    .default('EdDSA')

  keys
    .command('generate')
    .description('make a key; without a file it is printed as a key set')
    .addOption(algorithm)
    .option('--output <file>', 'make a file with it, which only you may read')
    .option('--add-to <file>', 'add it to the keys of a file: accepted, and signing after "keys promote"')
    .addHelpText('after', '\nIf there is no file to add to, it is made, with the key of JWT_SECRET in front.')
    .action(async (options) => {
      const { generateKey } = await import('./commands/keys.ts')
      await generateKey({ ...options, secret: process.env.JWT_SECRET?.trim() })
    })

  keys
    .command('promote')
    .description('let a key of a file sign: the second half of a rotation')
    .argument('<kid>', 'name of the key')
    .option('--file <file>', 'file with the keys (default: JWT_KEYS)')
    .action(async (kid, { file }) => {
      const { promoteKey } = await import('./commands/keys.ts')
      await promoteKey(kid, file ?? config().JWT_KEYS)
    })

  keys
    .command('list')
    .description('list keys: kid, algorithm, and whether it signs or is only accepted')
    .option('--file <file>', 'file with the keys (default: those of the settings)')
    .action(async ({ file }) => {
      const { listKeys } = await import('./commands/keys.ts')
      await listKeys(file ? { file } : { config: config() })
    })
}

const importHelp = `
Everything is checked first; if anything is wrong, all of it is said and nothing is imported.
Run it again after an interruption: what is there already stays as it is and is not added twice.
Accounts without a hash cannot log in before "gatepost user set-password".
Front matter (YAML) that is understood: title, tags, date, draft, status, published.`

function addMoveCommands(cli: Command): void {
  cli
    .command('export')
    .description('write users, posts, revisions and comments as JSON Lines')
    .option('--output <file>', 'write them to a file, for this user alone, instead of standard output')
    .option('--with-password-hashes', 'with the hashes: keep such a file as safe as the database')
    .addHelpText(
      'after',
      '\nDrafts, e-mail addresses and disabled accounts are in it; sessions and secrets are not.',
    )
    .action(async (options) => {
      process.stdout.off('error', endQuietly) // an incomplete export is a failure
      await (await import('./commands/export.ts')).exportAll(config(), options)
    })

  cli
    .command('import')
    .description('add what gatepost export has written, or a folder of Markdown files')
    .argument('<source>', 'a file, - for standard input, or a folder')
    .option('--author <username>', 'whose posts the Markdown files are')
    .option('--skip-invalid', 'import what is right, and say what was left out')
    .addHelpText('after', importHelp)
    .action(async (source, options) =>
      (await import('./commands/import.ts')).importAll(config(), source, options),
    )
}

/** The reader of our output may stop early, as `| head` does. Then there is nothing left to do. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
}

function config(): Config {
  return parseConfig(process.env)
}

function wholeNumber(min: number, max: number) {
  return (value: string): number => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
    if (!(number >= min && number <= max)) {
      throw new InvalidArgumentError(`Use a whole number from ${min} to ${max}.`)
    }
    return number
  }
}

/** Parses a time span in the format of the settings, into seconds. */
function timeSpan(value: string): number {
  const result = duration(1, 315_360_000).safeParse(value)
  if (!result.success) throw new InvalidArgumentError('Use a time such as 12h or 30d.')
  return Math.floor(result.data)
}

function uuid(value: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value))
    throw new InvalidArgumentError('Use an id, from "token list".')
  return value
}
