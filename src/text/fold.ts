/** Letters without a decomposition in Unicode, with the letters that people type instead. */
const plain: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ŧ: 't',
  ı: 'i',
  ς: 'σ',
}
const special = new RegExp(`[${Object.keys(plain).join('')}]`, 'g')

/**
 * Accents of several scripts, and vowel signs of Hebrew and Arabic. Not the marks of Indian scripts, which are letters,
 * nor the two of kana, which make different letters.
 */
const accents =
  /[[[\p{Mn}\p{Me}]&&[\p{sc=Inherited}\p{sc=Cyrillic}\p{sc=Hebrew}\p{sc=Arabic}]]--[\u3099\u309A]]/gv
/** Invisible characters and the Arabic tatweel, which only stretches a word. */
const invisible = /[\p{Default_Ignorable_Code_Point}\u0640]/gu

/**
 * Matches texts of ASCII, common punctuation, Hangul syllables, kana, Han, and Greek and Cyrillic letters without
 * accents. For these, folding only changes the case, which takes a fifth of the time.
 */
const plainText =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it begins with the range of ASCII
  /^[\x00-\x7F\u0391-\u03A9\u03B1-\u03C1\u03C3-\u03C9\u0410-\u0418\u041A-\u0438\u043A-\u044F\u2013\u2014\u2018-\u201D\u3001-\u3003\u3008-\u3011\u3041-\u3096\u30A1-\u30FA\u30FC\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7A3]*$/

/** Whether folding keeps all positions, since each character is folded by itself. */
export function isPlain(text: string): boolean {
  return plainText.test(text)
}

/**
 * The form of a text that searches compare: without case, width, accents, invisible characters and the difference
 * between the two kana. The length may change. Takes linear time if the text has no more than 30 combining marks in a
 * row (`http/text.ts`).
 */
export function fold(text: string): string {
  if (isPlain(text)) return inHiragana(text.toLowerCase().replaceAll('ς', 'σ'))
  const folded = text
    .replace(/[™℠]/g, ' ') // otherwise NFKC would join letters to the name before them
    .normalize('NFKD')
    .replace(invisible, '')
    .toLowerCase()
    .replace(accents, '')
    .replace(special, (letter) => plain[letter] ?? letter)
    .normalize('NFC')
  return inHiragana(folded)
}

/** りんご and リンゴ are the same word in the two kana. */
function inHiragana(text: string): string {
  return text.replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
}
