import { describe, expect, test } from 'vitest'
import { isReserved } from '../../src/text/reserved.ts'
import { skeletonOf } from '../../src/text/skeleton.ts'
import { checkUsername } from '../../src/text/usernames.ts'

/** The name in half-width jamo, as some keyboards type it. */
function halfWidth(name: string): string {
  const initials = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'
  const finals = ' ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ'
  const letters = [...name].flatMap((syllable) => {
    const place = syllable.charCodeAt(0) - 0xac00
    const [initial, vowel, final] = [Math.floor(place / 588), Math.floor((place % 588) / 28), place % 28]
    return [initials[initial], String.fromCharCode(0x314f + vowel), final ? finals[final] : '']
  })
  return letters.join('').replace(/./g, (letter) => {
    const code = letter.charCodeAt(0)
    if (code <= 0x314e) return String.fromCharCode(code - 0x3131 + 0xffa1)
    const vowel = code - 0x314f
    return String.fromCharCode(0xffc2 + Math.floor(vowel / 6) * 8 + (vowel % 6))
  })
}

const canonical = (typed: string) => {
  const result = checkUsername(typed)
  return 'username' in result ? result.username : result.message
}

describe('usernames', () => {
  test.each([
    'ada.lovelace',
    '홍길동',
    '田中さくら',
    'タナカ',
    '李小龍',
    'ב.כהן',
    'محمد_1',
    'иван',
    'γιάννης',
    'հայկ',
    'გიორგი',
    'नेहा',
    'தமிழ்',
    'తెలుగు',
    'ಕನ್ನಡ',
    'മലയാളം',
    'සිංහල',
    'မြန်မာ',
    'ગુજરાતી',
    'ਪੰਜਾਬੀ',
    'বাংলা',
    'สมชาย',
    'ພາສາ',
    'ភាសា',
    'አማርኛ',
    'ལྷ་ས',
    'ꮳꮃꭹ',
    'ߒߞߏ',
    'ދިވެހި',
    'ܣܘܪܝܝܐ',
    'gal·la',
    'kim홍길동',
    'ジョン・スミス',
    'ädä',
    'straße',
  ])('A username may be %s', (name) => {
    expect(canonical(name)).toBe(name)
    expect(canonical(name.normalize('NFD'))).toBe(name)
  })

  test.each([
    ['decomposed', '홍길동'.normalize('NFD')],
    ['in half-width jamo', halfWidth('홍길동')],
    ['letter by letter', 'ㅎㅗㅇㄱㅣㄹㄷㅗㅇ'],
  ])('A username that is typed %s is the same name', (_how, typed) => {
    expect(canonical(typed)).toBe('홍길동')
  })

  test('A username of any syllables is the same in half-width jamo', () => {
    for (let code = 0xac00; code <= 0xd7a3; code++) {
      const name = String.fromCharCode(code, 0xac00 + ((code * 7919) % 11_172))
      expect(canonical(halfWidth(name))).toBe(name)
    }
  })

  test('A username in full-width letters and capitals is the same name', () => {
    expect(canonical('Ａda')).toBe('ada')
    expect(canonical('ａ．ｂ＿ｃ－１')).toBe('a.b_c-1')
    expect(canonical('ﾊﾞﾅﾅ')).toBe('バナナ')
  })

  test.each([
    ['two ASCII characters', 'ab', /3 characters/],
    ['one syllable', '홍', /3 characters/],
    ['33 characters', 'x'.repeat(33), /32/],
    ['letters of two scripts', 'р\u0430ypal', /one script/],
    ['Korean beside Japanese', 'さくら홍', /one script/],
    ['a zero-width space', 'a\u200bda', /U\+200B/],
    ['a zero-width joiner', 'a\u200dda', /U\+200D/],
    ['a soft hyphen', 'a\u00adda', /U\+00AD/],
    ['a Hangul filler', '홍\u3164길', /U\+3164|U\+1160/],
    ['a variation selector', '葛\u{e0100}城', /U\+E0100/],
    ['an override', '\u202eada', /U\+202E/],
    ['a blank', 'a da', /U\+0020/],
    ['an emoji', 'ada🙂', /U\+1F642/],
    ['a symbol', 'ada①', /U\+2460/],
    ['an old letter of compatibility', 'ﬁona', /U\+FB01/],
    ['a lone middle dot', 'ga·la', /U\+00B7/],
    ['a mark in front', '\u0301ada', /begin with/],
    ['a mark twice', 'ada\u0323\u0323', /same mark/],
    ['digits of two scripts', 'नेहा1२', /two scripts/],
    ['Hebrew behind digits', '123דוד', /right to left/],
  ])('A username must not contain %s', (_what, typed, message) => {
    expect(canonical(typed)).toMatch(message)
  })

  test('A canonical username stays unchanged', () => {
    for (const typed of ['İstanbul', 'ΑΝΤΏΝΗΣ', 'ᏣᎳᎩ', 'Ａda', 'ﾀﾅｶ']) {
      const result = checkUsername(typed)
      const username = 'username' in result ? result.username : ''
      expect(canonical(username)).toBe(username)
      expect(username).not.toBe('')
    }
  })
})

describe('skeletons of look-alikes', () => {
  test.each([
    ['ada1', 'adal'],
    ['b0b', 'bob'],
    ['modern', 'modem'],
    ['аԁа', 'ada'],
    ['раура', 'paypa'],
    ['i̇stanbul', 'istanbul'],
    ['夕ナ', 'タナ'],
  ])('%s and %s have one skeleton', (one, other) => {
    expect(skeletonOf(one)).toBe(skeletonOf(other))
  })

  test.each([
    ['cafe', 'café'],
    ['ada.b', 'ada_b'],
    ['각각', '간간'],
    ['ada-2', 'ada-3'],
  ])('%s and %s have different skeletons', (one, other) => {
    expect(skeletonOf(one)).not.toBe(skeletonOf(other))
  })
})

test('Names of staff and their look-alikes are reserved', () => {
  for (const name of ['admin', 'adm1n', 'r00t', '_support_', 's.u.p.p.o.r.t', '관리자', 'админ'])
    expect([name, isReserved(name, [])]).toEqual([name, true])
  for (const name of ['ada', 'admin2', 'ali', 'adminton', '관우'])
    expect([name, isReserved(name, [])]).toEqual([name, false])
  expect(isReserved('b0ss', ['Boss'])).toBe(true)
})
