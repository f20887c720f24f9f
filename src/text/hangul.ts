/**
 * The 19 initial letters of a syllable, the 21 vowels and the 27 final letters, in Unicode's order, as U+3131–U+3163.
 */
const initials = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'
const vowels = 'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ'
const finals = 'ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ'

/** Pairs of letters that a keyboard joins: vowels always, finals unless a vowel follows. */
const pairs: Record<string, string> = {
  ㅗㅏ: 'ㅘ',
  ㅗㅐ: 'ㅙ',
  ㅗㅣ: 'ㅚ',
  ㅜㅓ: 'ㅝ',
  ㅜㅔ: 'ㅞ',
  ㅜㅣ: 'ㅟ',
  ㅡㅣ: 'ㅢ',
  ㄱㅅ: 'ㄳ',
  ㄴㅈ: 'ㄵ',
  ㄴㅎ: 'ㄶ',
  ㄹㄱ: 'ㄺ',
  ㄹㅁ: 'ㄻ',
  ㄹㅂ: 'ㄼ',
  ㄹㅅ: 'ㄽ',
  ㄹㅌ: 'ㄾ',
  ㄹㅍ: 'ㄿ',
  ㄹㅎ: 'ㅀ',
  ㅂㅅ: 'ㅄ',
}

const vowel = `[${vowels}]`
const vowelPair = `ㅗ[ㅏㅐㅣ]|ㅜ[ㅓㅔㅣ]|ㅡㅣ|${vowel}`
/** If a vowel follows, the last of the final letters begins the next syllable instead. */
const finalPair = `(?:ㄱㅅ|ㄴ[ㅈㅎ]|ㄹ[ㄱㅁㅂㅅㅌㅍㅎ]|ㅂㅅ|[${finals}])(?!${vowel})`
const syllable = new RegExp(`([${initials}])(${vowelPair})(${finalPair})?`, 'g')

/** Joins letters of U+3131–U+3163 to syllables, as keyboards do: ㅎㅗㅇㄱㅣㄹ becomes 홍길. Other characters stay. */
export function composeHangul(text: string): string {
  return text.replace(syllable, (_, initial: string, middle: string, final = '') => {
    const place = initials.indexOf(initial) * vowels.length + vowels.indexOf(pairs[middle] ?? middle)
    const end = final === '' ? 0 : finals.indexOf(pairs[final] ?? final) + 1
    return String.fromCharCode(0xac00 + place * (finals.length + 1) + end)
  })
}
