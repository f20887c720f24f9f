/** Letters that no Unicode decomposition makes plain, as people type them who do not have the key. */
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
 * Accents that letters of several scripts have, and vowel signs of Hebrew and Arabic. In Indian scripts marks are
 * letters, and the two of kana make other ones.
 */
const accents =
  /[[[\p{Mn}\p{Me}]&&[\p{sc=Inherited}\p{sc=Cyrillic}\p{sc=Hebrew}\p{sc=Arabic}]]--[\u3099\u309A]]/gv
/** And the stretching line of Arabic. */
const invisible = /[\p{Default_Ignorable_Code_Point}\u0640]/gu

/**
 * Texts of nothing but ASCII, common punctuation, Hangul syllables, kana, Han and the plain letters of Greek and
 * Cyrillic: case is all that there is to fold, which takes a fifth of the time.
 */
const plainText =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it begins with the range of ASCII
  /^[\x00-\x7F\u0391-\u03A9\u03B1-\u03C1\u03C3-\u03C9\u0410-\u0418\u041A-\u0438\u043A-\u044F\u2013\u2014\u2018-\u201D\u3001-\u3003\u3008-\u3011\u3041-\u3096\u30A1-\u30FA\u30FC\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7A3]*$/

/** Whether folding changes no length: each character is folded by itself. */
export function isPlain(text: string): boolean {
  return plainText.test(text)
}

/**
 * A text as searches compare it: without case, width, accents, the difference of the two kana and what is invisible. Its length may differ. It takes
 * time linear in the text, if the text has no more than 30 combining marks in a row (`http/text.ts`).
 */
export function fold(text: string): string {
  if (isPlain(text)) return inHiragana(text.toLowerCase().replaceAll('ς', 'σ'))
  const folded = text
    .replace(/[™℠]/g, ' ') // compatibility forms would stick to the name before them
    .normalize('NFKD')
    .replace(invisible, '')
    .toLowerCase()
    .replace(accents, '')
    .replace(special, (letter) => plain[letter] ?? letter)
    .normalize('NFC')
  return inHiragana(folded)
}

/** りんご and リンゴ are one word in two ways of writing. */
function inHiragana(text: string): string {
  return text.replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
}
