import { describe, expect, test } from 'vitest'
import { passwordFault, sequenceFault } from '../../src/text/password-patterns.ts'
import { tagKey } from '../../src/text/tag-key.ts'
import { characterFault, foldBlanks, isInvisible } from '../../src/text/written-text.ts'

describe('invisible texts', () => {
  test.each([
    '',
    ' ',
    '\u00a0',
    '\u3000',
    '\u200b',
    '\u2060',
    '\u00ad',
    '\u3164',
    '\u115f',
    '\u1160',
    '\uffa0',
    '\u2800',
    '\u034f',
    '\ufe0f',
    '\u{e0020}',
    '\u{e0100}',
    '\u200d\u200d',
    '\ufeff',
    '\u061c',
    '\u180e',
    '\u2062',
    '\ufff9',
    '\uffff',
    '\ufdd0',
    '\u{10fffe}',
    '\u{1d159}',
    ' \u200b\u2800 ',
  ])('The text %j is invisible', (text) => {
    expect(isInvisible(text)).toBe(true)
  })

  test.each([
    'a',
    '👨‍👩‍👧‍👦',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    '1️⃣',
    '🇰🇷',
    '❤️',
    'שלום',
    'می‌خواهم',
    'क्‍ष',
    '\u0301',
    '\u0600',
    '.',
    '홍',
    '\u{1f3fb}',
    '٭',
  ])('The text %s is visible', (text) => {
    expect(isInvisible(text)).toBe(false)
    expect(characterFault(text, 'line')).toBeUndefined()
    expect(characterFault(text, 'body')).toBeUndefined()
  })
})

describe('refused characters', () => {
  test.each([
    ['line', 'a\tb', 'U+0009'],
    ['line', 'a\nb', 'U+000A'],
    ['line', 'a\u001bb', 'U+001B'],
    ['line', 'a\u0085b', 'U+0085'],
    ['line', 'a\u007fb', 'U+007F'],
    ['line', 'a\u2028b', 'U+2028'],
    ['line', 'a\u202eb', 'U+202E'],
    ['line', 'a\u202ab', 'U+202A'],
    ['line', 'a\u2066b\u2069', 'U+2066'],
    ['body', 'a\u0000b', 'U+0000'],
    ['body', 'a\u000bb', 'U+000B'],
    ['body', 'a\u009bb', 'U+009B'],
    ['body', 'a\u202db', 'U+202D'],
  ] as const)('The refusal of a %s of %j names %s', (kind, text, codePoint) => {
    expect(characterFault(text, kind)?.message).toContain(codePoint)
  })

  test('Line breaks and tabs are allowed in a body', () => {
    expect(characterFault('a\r\n\tb\rc \u2067שלום\u2069', 'body')).toBeUndefined()
  })
})

test('White space around a tag is removed, and several blanks in it become one', () => {
  expect(foldBlanks('  web \u3000 dev\u00a0')).toBe('web dev')
  expect(foldBlanks(' '.repeat(100_000))).toBe('')
})

test('Tags are matched without case and width', () => {
  expect(tagKey('Ｗｅｂ ＤＥＶ')).toBe(tagKey('web dev'))
  expect(tagKey('ﾊﾟﾅﾏ')).toBe(tagKey('パナマ'))
  expect(tagKey('café')).not.toBe(tagKey('cafe'))
})

describe('new passwords', () => {
  const account = { username: 'ada.lovelace', email: 'ada@analytical.example' }
  test.each([
    ['control_character', 'correct\u0007horse'],
    ['control_character', 'correct\u0085horse'],
    ['too_simple', 'aaaaaaaaaa'],
    ['too_simple', 'ㅋㅋㅋㅋㅋㅋㅋㅋ'],
    ['too_simple', '12345678'],
    ['too_simple', '9876543210'],
    ['too_simple', 'abcdefgh!'],
    ['too_simple', 'ABCD1234'],
    ['too_simple', 'qwertyuiop'],
    ['too_simple', '1q2w3e4r5t'],
    ['too_simple', '1qaz2wsx'],
    ['too_simple', 'йцукенгш'],
    ['too_simple', '가나다라마바사아'],
    ['same_as_account', 'ada.lovelace'],
    ['same_as_account', 'Ada_Lovelace1815!'],
    ['same_as_account', '!!adalovelace!!'],
    ['same_as_account', 'ada@analytical.example1'],
    ['same_as_account', '#ADA12345#'],
    ['same_as_account', 'GatePost2026!'],
    ['same_as_account', 'ａｄａ１２３４５'],
  ])('A new password is refused as %s: %j', (code, password) => {
    expect((passwordFault(password, account) ?? sequenceFault(password))?.code).toBe(code)
  })

  test.each([
    'correct horse battery',
    'lovelace and babbage',
    'gatepost-demo',
    'Tr0ub4dor&3',
    '홍길동과 친구들',
    'qwz9 mfk2 abc',
  ])('The new password “%s” is accepted', (password) => {
    expect(passwordFault(password, account) ?? sequenceFault(password)).toBeUndefined()
  })
})
