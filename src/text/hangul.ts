/** The 19 letters that begin a syllable, the 21 vowels and the 27 ends, in Unicode's order, as U+3131–U+3163. */
const initials = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'
const vowels = 'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ'
const finals = 'ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ'

/** Two letters that keyboards make one: vowels wherever they meet, ends unless a vowel follows. */
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
/** Of the letters at the end one is the beginning of the next syllable, if a vowel follows. */
const finalPair = `(?:ㄱㅅ|ㄴ[ㅈㅎ]|ㄹ[ㄱㅁㅂㅅㅌㅍㅎ]|ㅂㅅ|[${finals}])(?!${vowel})`
const syllable = new RegExp(`([${initials}])(${vowelPair})(${finalPair})?`, 'g')

/** Puts letters of U+3131–U+3163 together to syllables, as keyboards do: ㅎㅗㅇㄱㅣㄹ is 홍길. Others stay. */
export function composeHangul(text: string): string {
  return text.replace(syllable, (_, initial: string, middle: string, final = '') => {
    const place = initials.indexOf(initial) * vowels.length + vowels.indexOf(pairs[middle] ?? middle)
    const end = final === '' ? 0 : finals.indexOf(pairs[final] ?? final) + 1
    return String.fromCharCode(0xac00 + place * (finals.length + 1) + end)
  })
}
