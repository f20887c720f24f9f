import { describe, expect, test } from 'vitest'
import { missingKorean } from '../../openapi/missing-korean.ts'
import { preferredLanguage } from '../../src/errors/language.ts'
import { translateToKorean } from '../../src/errors/problem-language.ts'
import { problemCodes, problems } from '../../src/errors/problems.ts'
import { korean as catalogue } from '../../src/languages/korean.ts'
import { en } from '../../src/pages/texts/en.ts'
import { ko } from '../../src/pages/texts/ko.ts'
import { openApi } from '../support/api.ts'
import { newUser } from '../support/people.ts'
import { errorBeside, hiddenIn, newMember, newVisitor } from '../support/visitor.ts'

const api = await openApi()
const korean = { 'accept-language': 'ko-KR,ko;q=0.9,en;q=0.8' }
const hangul = /\p{Script=Hangul}/u

describe('the language of the pages', () => {
  test.each([
    [undefined, 'en'],
    ['', 'en'],
    ['ko', 'ko'],
    ['ko-KR', 'ko'],
    ['KO-kr,en;q=0.9', 'ko'],
    ['en,ko;q=0.9', 'en'],
    ['ko;q=0.5,en;q=0.9', 'en'],
    ['ko;q=0', 'en'],
    ['fr,ko;q=0.2', 'ko'],
    ['kok', 'en'],
    ['*', 'en'],
    ['nonsense;;q=x', 'en'],
  ])('The language for Accept-Language %j is %s', (header, language) => {
    expect(preferredLanguage(header)).toBe(language)
  })

  test.each([
    '/',
    '/app',
    '/app/log-in',
    '/app/register',
    '/app/client',
    '/app/nowhere',
    '/problems/posts.not_found',
  ])('The language of %s is that of the browser', async (path) => {
    const page = await newVisitor(api, { ...korean, accept: 'text/html' }).open(path)
    expect(page.headers.get('content-language')).toBe('ko')
    expect(page.text).toMatch(/^<!doctype html>\s*<html lang="ko">/)
    expect(/<h1>([^<]+)/.exec(page.text)?.[1]).toMatch(hangul)
  })

  test('A button switches the language, and returns to the page', async () => {
    const visitor = newVisitor(api, korean)
    const page = await visitor.open('/app?q=x')
    const english = await visitor.send('/app/language', { language: 'en', next: hiddenIn(page, 'next') })
    expect([english.path, english.headers.get('content-language')]).toEqual(['/app?q=x', 'en'])
    await visitor.post('/app/language', { language: 'xx' })
    expect(visitor.cookies.get('gatepost_language')).toBe('en')
  })

  test('The language also applies to the API’s messages in a form', async () => {
    const member = await newMember(api, korean)
    const page = await member.post('/app/write', { title: ' ', body: 'B', do: 'draft' })
    expect(errorBeside(page, 'title')).toBe('비워 둘 수 없습니다.')
    const wrong = await member.post('/app/account/password', {
      current_password: 'x',
      new_password: 'correct horse b',
    })
    expect(errorBeside(wrong, 'password-current_password')).toBe('계정의 비밀번호가 아닙니다.')
  })
})

describe('the language of a problem', () => {
  test('A problem is in Korean if Accept-Language prefers it, with the same codes', async () => {
    const response = await api.post('/users', {
      headers: korean,
      json: { username: 'a', email: 'x', more: 1 },
    })
    expect([response.headers.get('content-language'), response.headers.get('vary')]).toEqual([
      'ko',
      'Accept-Language',
    ])
    expect(response.json).toMatchObject({ code: 'request.invalid', title: '올바르지 않은 요청' })
    expect(response.json.detail).toMatch(/^허용되지 않는 값이 4개 있습니다: body \/username/)
    for (const { message } of response.json.errors) expect(message).toMatch(hangul)
  })

  test('A problem is otherwise in English, and Content-Language says so', async () => {
    const response = await api.get('/nowhere')
    expect([response.headers.get('content-language'), response.json.title]).toEqual(['en', 'No such address'])
  })

  test('A problem is explained in both languages', async () => {
    for (const path of ['/problems', '/problems/posts.not_found']) {
      const response = await api.get(path, { headers: korean })
      expect(response.headers.get('content-language')).toBe('ko')
      expect(response.text).toContain('없는 글')
    }
  })

  test('A Korean problem has no English text, whatever the error', async () => {
    const { token } = await newUser(api)
    const send = (path: string, init = {}) => api.request(path, { token, headers: korean, ...init })
    const responses = [
      await send('/posts?limit=0&cursor=x&sort=best&tag=&created_after=now'),
      await send('/posts?limit=101&sort=relevance'),
      await send('/posts?fields=nothing'),
      await send('/posts?fields={{'),
      await send('/posts/x'),
      await send('/posts/999999999'),
      await send('/users/x'),
      await send('/users/me?x=1'),
      await send('/posts', { method: 'POST', json: { title: 1, body: null, tags: 'x', status: 'gone' } }),
      await send('/posts', {
        method: 'POST',
        json: { title: 'x'.repeat(201), body: '\0', tags: Array(11).fill('a') },
      }),
      await send('/posts', { method: 'POST', json: [] }),
      await send('/posts', { method: 'POST', rawBody: '{' }),
      await send('/posts', { method: 'PUT' }),
      await send('/posts', { headers: { ...korean, accept: 'image/png' } }),
      await send('/audit-events?user=x'),
      await send('/users', {
        method: 'POST',
        token: undefined,
        json: { username: 'abc', email: 'a@b.co', password: 'password1' },
      }),
    ]
    for (const { json, status } of responses) {
      expect(status).toBeGreaterThanOrEqual(400)
      for (const text of [json.title, json.detail, ...(json.errors ?? []).map((error: any) => error.message)])
        expect(text).toMatch(hangul)
    }
  })
})

describe('the catalogues', () => {
  const leaves = (texts: object): [string, unknown][] =>
    Object.entries(texts).flatMap(([key, value]): [string, unknown][] =>
      typeof value === 'object' && value !== null
        ? leaves(value).map(([inner, leaf]) => [`${key}.${inner}`, leaf])
        : [[key, value]],
    )

  test('The catalogues have the same entries in both languages, in Korean with Korean words', () => {
    const [english, inKo] = [leaves(en), leaves(ko)]
    expect(inKo.map(([key]) => key).sort()).toEqual(english.map(([key]) => key).sort())
    for (const [key, text] of inKo) expect([key, text]).toEqual([key, expect.stringMatching(hangul)])
    for (const [key, text] of english) expect([key, text]).toEqual([key, expect.not.stringMatching(hangul)])
  })

  test('The Korean catalogue contains no English text for a translated problem', () => {
    for (const { title, detail, advice } of Object.values(catalogue.problems)) {
      for (const text of [title, detail, advice]) expect(text).toMatch(hangul)
    }
    expect(Object.keys(catalogue.problems).length).toBeGreaterThan(problemCodes.length / 2)
  })

  test('A problem without a translation is shown in English', () => {
    const { 'posts.not_found': _untranslated, ...others } = catalogue.problems
    const problem = { code: 'posts.not_found', ...problems['posts.not_found'] } as const
    expect(translateToKorean(problem, { ...catalogue, problems: others }).title).toBe(problem.title)
    expect(translateToKorean(problem, catalogue).title).toMatch(hangul)
  })

  test('npm run list:korean lists the entries without a translation', async () => {
    const { 'posts.not_found': _untranslated, ...others } = catalogue.problems
    const missing = await missingKorean({ ...catalogue, problems: others, messages: [] })
    expect(missing).toContain('posts.not_found')
    expect(missing).toContain('Must have 1 to 255 visible ASCII characters.')
  })
})
