import { Command } from 'commander'
import { type Config, ConfigError, parseConfig } from './config.ts'
import { settingsText } from './config-help.ts'

// Each command's module is loaded when it runs, so that none waits for what only others need.

/** Runs one command line; a failure ends the process with one sentence and exit code 1. */
export async function runCli(argv: string[]): Promise<void> {
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
    .showHelpAfterError()
    .addHelpText('after', '\nSettings come from environment variables: gatepost start --help lists them.')

  cli
    .command('start')
    .description('start the service')
    .addHelpText('after', `\n${settingsText()}`)
    .action(async () => (await import('./commands/start.ts')).start(config()))

  cli
    .command('migrate')
    .description('bring the tables of the database to the version of this program')
    .action(async () => (await import('./commands/migrate.ts')).migrateDatabase(config()))

  cli
    .command('openapi')
    .description('print the OpenAPI document')
    .option('--format <format>', 'json or yaml', oneOf('json', 'yaml'), 'json')
    .option('--output <file>', 'write it to a file instead')
    .action(async (options) => (await import('./commands/openapi.ts')).printDocument(options))

  addUserCommands(cli)
  addMoveCommands(cli)

  cli
    .command('demo')
    .description('fill the database with believable users and posts')
    .option('--users <number>', 'how many users', wholeNumber(1, 100_000), 20)
    .option('--posts <number>', 'how many posts', wholeNumber(0, 10_000_000), 200)
    .action(async (options) => (await import('./commands/demo.ts')).loadDemo(config(), options))

  return cli
}

function addUserCommands(cli: Command): void {
  const user = cli.command('user').description('manage accounts')
  const passwordHelp = '\nThe password is read from standard input: typed unseen on a terminal, or piped in.'
  const role = oneOf('user', 'admin')

  user
    .command('create')
    .description('make an account')
    .requiredOption('--username <name>', 'username')
    .requiredOption('--email <address>', 'e-mail address')
    .option('--role <role>', 'user or admin', role, 'user')
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
    .argument('<role>', 'user or admin', role)
    .action(async (name, newRole) => (await import('./commands/users.ts')).setRole(config(), name, newRole))

  user
    .command('set-password')
    .description('give an account a new password')
    .argument('<username>', 'username or e-mail address')
    .addHelpText('after', passwordHelp)
    .action(async (name) => (await import('./commands/users.ts')).setPassword(config(), name))
}

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
    .action(async (options) => (await import('./commands/export.ts')).exportAll(config(), options))

  cli
    .command('import')
    .description('add what gatepost export has written, or a folder of Markdown files')
    .argument('<source>', 'a file, - for standard input, or a folder')
    .option('--author <username>', 'whose posts the Markdown files are')
    .addHelpText('after', importHelp)
    .action(async (source, options) =>
      (await import('./commands/import.ts')).importAll(config(), source, options),
    )
}

const importHelp = `
Run it again after an interruption: what is there already stays as it is and is not added twice.
Accounts without a hash cannot log in before "gatepost user set-password".
Front matter (YAML) that is understood: title, tags, date, draft, status, published.`

function config(): Config {
  return parseConfig(process.env)
}

function oneOf<T extends string>(...values: T[]) {
  return (value: string): T => {
    const found = values.find((candidate) => candidate === value)
    if (!found) throw new ConfigError(`"${value}" is not possible here: use ${values.join(' or ')}.`)
    return found
  }
}

function wholeNumber(least: number, most: number) {
  return (value: string): number => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
    if (!(number >= least && number <= most)) {
      throw new ConfigError(`"${value}" is not possible here: use a whole number from ${least} to ${most}.`)
    }
    return number
  }
}
