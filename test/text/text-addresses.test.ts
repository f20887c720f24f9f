import { describe, expect, test } from 'vitest'
import { addressFault, canonicalAddress, shownAddress } from '../../src/text/addresses.ts'

describe('e-mail addresses', () => {
  test.each([
    ['Ada@Example.COM', 'ada@example.com'],
    ['홍길동@예시.한국', '홍길동@xn--vv4b11d.xn--3e0b707e'],
    ['홍길동@예시.한국'.normalize('NFD'), '홍길동@xn--vv4b11d.xn--3e0b707e'],
    ['Grüße@Bücher.example', 'grüße@xn--bcher-kva.example'],
    ['gru\u0308ße@xn--BCHER-KVA.example', 'grüße@xn--bcher-kva.example'],
    ['ａｄａ@ｅｘａｍｐｌｅ。com', 'ada@example.com'],
    ['a=b?c=@example.com', 'a=b?c=@example.com'],
    ['δοκιμή@παράδειγμα.δοκιμή', 'δοκιμή@xn--hxajbheg2az3al.xn--jxalpdlp'],
    ['o\u2019neil+tag@example.com'.replace('\u2019', "'"), "o'neil+tag@example.com"],
  ])('The address %s is stored as %s', (typed, stored) => {
    expect(addressFault(typed)).toBeUndefined()
    expect(canonicalAddress(typed)).toBe(stored)
    expect(canonicalAddress(stored)).toBe(stored)
  })

  test('An address is shown with the domain in its own script', () => {
    expect(shownAddress('홍길동@xn--vv4b11d.xn--3e0b707e')).toBe('홍길동@예시.한국')
    expect(shownAddress('ada@example.com')).toBe('ada@example.com')
  })

  test.each([
    'nobody',
    'a@b',
    '.a@example.com',
    'a..b@example.com',
    'a.@example.com',
    'a@b@example.com',
    'a,b@example.com',
    'a@example.com,b@example.com',
    'a@example.com;b@example.com',
    'a b@example.com',
    '"a b"@example.com',
    'Ada <a@example.com>',
    'a@example.com\r\nBcc: b@example.com',
    'a\n@example.com',
    'a(b)@example.com',
    'a@exam ple.com',
    'a@-example.com',
    'a@example-.com',
    'a@example..com',
    'a@example.com.',
    'a@[127.0.0.1]',
    'a@127.0.0.1',
    'a@xn--.com',
    'a@xn--a.example',
    'a@xn--ls8h.example',
    'a\u200bb@example.com',
    'a\u202eb@example.com',
    'a，b@example.com',
    'a；b@example.com',
    'a＠example.com',
    'a＜b＞@example.com',
    'a\u2028b@example.com',
    'a@exa%6dple.com',
    'a@example.com/x',
    'a@example.com:25',
    'a@❤.example',
    `${'ü'.repeat(33)}@example.com`,
    `${'x'.repeat(65)}@example.com`,
    `a@${'x'.repeat(64)}.com`,
    '=?utf-8?q?ada=40example.org=3e?=@example.com',
    'a=?x?q?b?=@example.com',
    'a:b@example.com',
    'a\\b@example.com',
    '@example.com',
    'a@',
  ])('%j is not an address', (typed) => {
    expect(addressFault(typed)).toMatchObject({ message: expect.any(String) })
  })
})
