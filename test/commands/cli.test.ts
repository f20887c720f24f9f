import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { generateDocument } from '../../src/commands/openapi.ts'
import { settings } from '../../src/config/config.ts'
import { settingsMarkdown } from '../../src/config/help.ts'
import {
  type DataTemplate,
  dataTemplate,
  type Env,
  gatepost,
  type Service,
  start,
  temporaryFolder,
} from '../node/fixtures/gatepost.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { jwtSecret } from '../support/settings.ts'

let server: TestPostgres
let template: DataTemplate
beforeAll(async () => {
  ;[server, template] = await Promise.all([startPostgres(), dataTemplate()])
})
afterAll(async () => {
  await template?.[Symbol.asyncDispose]()
  await server?.stop()
})

const noAdmin = { ADMIN_USERNAME: undefined, ADMIN_EMAIL: undefined, ADMIN_PASSWORD: undefined }
const stack = /^\s+at |node:internal|\.ts:\d|fault of Gatepost/m
const file = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')

/** Settings for commands on a database that only this test uses. */
async function ownDatabase() {
  return { DATABASE_URL: await server.createDatabase(), JWT_SECRET: jwtSecret, BCRYPT_COST: '4' }
}

async function succeed(command: string, env: Env, input?: string) {
  const ended = await gatepost(command, { env, ...(input !== undefined && { input }) })
  expect(ended).toMatchObject({ exit: 0 })
  return ended.stdout
}

async function fail(command: string, env: Env = {}, input?: string) {
  const ended = await gatepost(command, { env, ...(input !== undefined && { input }) })
  expect(ended).toMatchObject({ exit: 1, stdout: '' })
  expect(ended.stderr).not.toMatch(stack)
  return ended.stderr
}

async function logIn(url: string, name: string, password: string) {
  const headers = { authorization: `Basic ${btoa(`${name}:${password}`)}` }
  return fetch(`${url}/auth/token`, { method: 'POST', headers })
}

describe('--help', { timeout: 60_000 }, () => {
  const commands = [
    ...['', 'start', 'migrate', 'openapi', 'demo', 'user', 'token', 'token create'],
    ...['user create', 'user list', 'user set-role', 'user set-password'],
  ]

  test.concurrent.for(commands)('--help explains gatepost %s', async (command, { expect }) => {
    const { exit, stdout, stderr } = await gatepost(`${command} --help`)
    expect([exit, stderr]).toEqual([0, ''])
    expect(stdout).toContain(`Usage: gatepost ${command.split(' ').slice(0, 2).join(' ')}`)
  })

  test('--help names every command', async () => {
    const usage = await succeed('--help', {})
    for (const command of ['start', 'migrate', 'openapi', 'user', 'demo'])
      expect(usage).toContain(`  ${command}`)
    const users = await succeed('user --help', {})
    for (const command of ['create', 'list', 'set-role', 'set-password'])
      expect(users).toContain(`  ${command}`)
  })

  test('--help of start lists every setting', async () => {
    const usage = await succeed('start --help', {})
    for (const name of Object.keys(settings)) expect(usage).toMatch(RegExp(`^  ${name} +\\S`, 'm'))
  })
})

test('--version prints the version of package.json', async () => {
  expect(await succeed('--version', {})).toBe(`${JSON.parse(await file('package.json')).version}\n`)
})

describe('impossible commands', { timeout: 60_000 }, () => {
  test.concurrent.for<[command: string, why: RegExp]>([
    ['bogus', /unknown command 'bogus'/],
    ['start --bogus', /unknown option '--bogus'/],
    ['start now', /too many arguments/],
    ['openapi --format xml', /'xml' is invalid. Allowed choices are json, yaml/],
    ['openapi --output /dev/null/document', /The document could not be written/],
    ['demo --posts many', /'many' is invalid. Use a whole number/],
    ['user list --limit 0', /'0' is invalid. Use a whole number/],
    ['user create --username ada', /'--email <address>' not specified/],
    ['user set-role ada', /missing required argument 'role'/],
    ['user set-role ada god', /'god' is invalid/],
    ['migrate', /^PORT: /],
  ])('A short message refuses gatepost %s', async ([command, why], { expect }) => {
    const ended = await gatepost(command, { env: { PORT: 'none' } })
    expect(ended).toMatchObject({ exit: 1, stdout: '' })
    expect(ended.stderr).toMatch(why)
    expect(ended.stderr).not.toMatch(stack)
    expect(ended.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2)
  })
})

test('The reader of the output may close it early', async () => {
  const { exit, stderr } = await gatepost('openapi', { readBytes: 1 })
  expect([exit, stderr]).toEqual([0, ''])
})

describe('gatepost migrate', { timeout: 60_000 }, () => {
  test('gatepost migrate creates the tables once, on PostgreSQL', async () => {
    const env = await ownDatabase()
    expect(await succeed('migrate', env)).toMatch(/^Done: \d+ migrations were applied\.\n$/)
    expect(await succeed('migrate', env)).toBe('The tables are up to date.\n')
  })

  test('gatepost migrate creates the tables once, in the data folder', async () => {
    await using folder = temporaryFolder(template)
    expect(await succeed('migrate', { DATA_DIR: folder.data })).toBe('The tables are up to date.\n')
  })
})

describe('generated files (npm run generate updates them)', { timeout: 60_000 }, () => {
  test('openapi.json and openapi.yaml are up to date', async () => {
    const document = JSON.parse(JSON.stringify(await generateDocument()))
    const stale = 'This file is stale: npm run generate'
    expect(JSON.parse(await file('openapi/openapi.json')), stale).toEqual(document)
    expect(parse(await file('openapi/openapi.yaml')), stale).toEqual(document)
  })

  test('The settings in docs/configuration.md are up to date', async () => {
    const page = await file('docs/configuration.md')
    expect(page, 'docs/configuration.md is stale: npm run generate').toContain(settingsMarkdown())
  })

  test('gatepost openapi prints the same document', async () => {
    await using folder = temporaryFolder()
    const [json, yaml] = await Promise.all([succeed('openapi', {}), succeed('openapi --format yaml', {})])
    expect(json).toBe(await file('openapi/openapi.json'))
    expect(yaml).toBe(await file('openapi/openapi.yaml'))
    const path = join(folder.path, 'document.yaml')
    expect(await succeed(`openapi --format yaml --output ${path}`, {})).toBe('')
    expect(await readFile(path, 'utf8')).toBe(yaml)
  })
})

describe('gatepost user', { timeout: 60_000 }, () => {
  const ada = '--username Ada --email ada@example.com'
  let env: Env
  let folder: ReturnType<typeof temporaryFolder>
  let service: Service
  beforeAll(async () => {
    env = await ownDatabase()
    folder = temporaryFolder()
    await succeed(`user create ${ada} --role admin`, env, 'correct horse battery\n')
    service = await start(folder.path, { ...env, ...noAdmin })
  })
  afterAll(async () => {
    await service?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })

  test('gatepost user creates accounts with a password from standard input, and lists them', async () => {
    const created = await succeed('user create --username bob --email bob@example.com', env, 'battery horse')
    expect(created).toMatch(/^Made user bob \([0-9a-f-]{36}\)\.\n$/)
    expect((await logIn(service.url, 'bob', 'battery horse')).status).toBe(200)
    const list = await succeed('user list --json', env)
    const users = list
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(users).toMatchObject([
      { username: 'bob', email: 'bob@example.com', role: 'user' },
      { username: 'ada', email: 'ada@example.com', role: 'admin' },
    ])
    expect(list).not.toMatch(/password|\$2b\$/)
    expect(await succeed('user list --q ad', env)).toMatch(/^\S{36} +admin +ada +ada@example\.com\n$/)
  })

  test.for<[what: string, account: string, password: string, why: RegExp]>([
    ['name', ada, 'correct horse battery', /^Another account has this username/],
    ['address', '--username eve --email nowhere', 'correct horse battery', /^email: /],
    ['password', '--username eve --email eve@example.com', 'q1w2e3r4', /^password: .*attackers/],
    ['lack of a password', '--username eve --email eve@example.com', '', /^No password was given/],
  ])('An account with an impossible %s is refused', async ([, account, password, why]) => {
    expect(await fail(`user create ${account}`, env, password)).toMatch(why)
    expect((await logIn(service.url, 'eve', password)).status).toBe(401)
  })

  test('A new password replaces the old one', async () => {
    await succeed('user create --username joe --email joe@example.com', env, 'correct horse battery')
    expect(await fail('user set-password joe', env, 'q1w2e3r4')).toMatch(/^password: /)
    expect(await succeed('user set-password joe@example.com', env, 'battery horse correct')).toBe(
      'joe has a new password.\n',
    )
    expect((await logIn(service.url, 'joe', 'correct horse battery')).status).toBe(401)
    expect((await logIn(service.url, 'joe', 'battery horse correct')).status).toBe(200)
  })

  test('gatepost user changes the role and the state of an account', async () => {
    await succeed('user create --username kim --email kim@example.com', env, 'correct horse battery')
    expect(await succeed('user set-role kim admin', env)).toBe('kim is now admin.\n')
    const response = await logIn(service.url, 'kim', 'correct horse battery')
    expect(await response.json()).toMatchObject({ user: { username: 'kim', role: 'admin' } })
    expect(await succeed('user set-role kim user', env)).toBe('kim is now user.\n')
    expect(await fail('user set-role ada user', env)).toMatch(/admin/) // the last admin
    expect(await fail('user set-role nobody admin', env)).toMatch(/user/)
  })

  test('The message says that the service must be stopped first if it uses the embedded database', async () => {
    await using folder = temporaryFolder(template)
    await using service = await start(folder.path)
    const message = await fail('user list', { DATA_DIR: folder.data })
    expect(message).toMatch(
      RegExp(`is in use by another Gatepost \\(process ${service.pid}\\). Stop it first`),
    )
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200)
  })
})

describe('gatepost demo', { timeout: 60_000 }, () => {
  test('gatepost demo fills PostgreSQL, and a second run does not double the users', async () => {
    const env = await ownDatabase()
    expect(await succeed('demo --posts 2000 --users 50', env)).toBe(
      'Added 50 users and 2000 posts. Log in as "demo" with the password "gatepost-demo".\n',
    )
    expect(await succeed('demo --posts 1 --users 50', env)).toMatch(
      /^Added 0 users \(50 were there already\) and 1 posts\./,
    )
    const sql = postgres(env.DATABASE_URL, { max: 1 })
    try {
      const [count] = await sql`SELECT (SELECT count(*)::int FROM users) AS users, count(*)::int AS posts,
        count(DISTINCT author_id)::int AS authors FROM posts`
      expect(count).toEqual({ users: 50, posts: 2001, authors: 50 })
    } finally {
      await sql.end()
    }
    await using folder = temporaryFolder()
    await using service = await start(folder.path, env)
    expect((await logIn(service.url, 'demo', 'gatepost-demo')).status).toBe(200)
  })

  test('gatepost demo fills the embedded database', async () => {
    await using folder = temporaryFolder(template)
    await succeed('demo --posts 2000', { DATA_DIR: folder.data, BCRYPT_COST: '4' })
    await using service = await start(folder.path)
    expect((await logIn(service.url, 'demo', 'gatepost-demo')).status).toBe(200)
    const response = await fetch(`${service.url}/posts?q=bicycle&limit=100`)
    const { items } = (await response.json()) as any
    expect(items.length).toBe(100)
    expect(items[0]).toMatchObject({ author: { username: expect.any(String) }, tags: expect.any(Array) })
  })

  test('gatepost demo is refused in production', async () => {
    const env = { NODE_ENV: 'production', ALLOW_EMBEDDED_DATABASE: 'true' }
    expect(await fail('demo', env)).toMatch(/in production they are not made/)
  })
})
