import { randomBytes } from 'node:crypto'
import type { Api, ApiResponse } from './api.ts'
import { password } from './people.ts'

/** The last response after all redirects, and its address. */
export interface Page extends ApiResponse {
  path: string
}

type Form = Record<string, string>

/** A browser without scripts: it keeps cookies, sends the Origin of forms, and follows redirects. */
export interface Visitor {
  cookies: Map<string, string>
  open(path: string, headers?: Record<string, string>): Promise<Page>
  /** Sends a form and follows the redirect of the response. */
  send(path: string, form: Form, headers?: Record<string, string>): Promise<Page>
  /** Sends a form without following a redirect. */
  post(path: string, form: Form, headers?: Record<string, string>): Promise<Page>
}

export function newVisitor(api: Api, always: Record<string, string> = {}): Visitor {
  const cookies = new Map<string, string>()

  async function request(path: string, form?: Form, headers: Record<string, string> = {}): Promise<Page> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await api.request(path, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: {
        ...(cookie && { cookie }),
        ...(form && {
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'same-origin',
        }),
        ...always,
        ...headers,
      },
      ...(form && { rawBody: new URLSearchParams(form).toString() }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/max-age=0/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return { ...response, path }
  }

  async function follow(page: Page): Promise<Page> {
    const to = page.headers.get('location')
    return page.status === 303 && to ? follow(await request(to.replace(/#.*/, ''))) : page
  }

  return {
    cookies,
    open: async (path, headers) => follow(await request(path, undefined, headers)),
    send: async (path, form, headers) => follow(await request(path, form, headers)),
    post: request,
  }
}

/** A new visitor who has registered on the page for it. */
export async function newMember(api: Api, always: Record<string, string> = {}) {
  const visitor = newVisitor(api, always)
  const username = `v-${randomBytes(6).toString('hex')}`
  const page = await visitor.send('/app/register', { username, email: `${username}@example.com`, password })
  if (page.status !== 200) throw new Error(`${page.status} ${page.text}`)
  return { ...visitor, username, email: `${username}@example.com` }
}

/** The admin of the target, logged in on the page. */
export async function newAdminVisitor(api: Api): Promise<Visitor> {
  const visitor = newVisitor(api)
  await visitor.send('/app/log-in', { username: api.admin.username, password: api.admin.password })
  return visitor
}

/** Writes a post on the page for it, and returns its address. */
export async function writePost(visitor: Visitor, post: Form): Promise<string> {
  const page = await visitor.send('/app/write', { do: 'published', title: 'T', body: 'B', ...post })
  const [path] = /^\/app\/posts\/\d+/.exec(page.path) ?? []
  if (!path) throw new Error(`${page.status} ${page.path} ${page.text}`)
  return path
}

/** The value of a hidden field. */
export function hiddenIn({ text }: Page, name: string): string {
  const [, value] = new RegExp(`name="${name}" value="([^"]*)"`).exec(text) ?? []
  if (value === undefined) throw new Error(`There is no field ${name} in ${text}`)
  return value.replaceAll('&quot;', '"').replaceAll('&amp;', '&')
}

/** The error beside a field that was refused. */
export function errorBeside({ text }: Page, id: string): string | undefined {
  return new RegExp(`id="${id}-fault">([^<]*)<`).exec(text)?.[1]
}
