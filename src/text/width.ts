import { composeHangul } from './hangul.ts'

/** Half-width jamo, and the letters of U+3131–U+3163 that they stand for. */
const narrowJamo: [first: number, last: number, wide: number][] = [
  [0xffa1, 0xffbe, 0x3131],
  [0xffc2, 0xffc7, 0x314f],
  [0xffca, 0xffcf, 0x3155],
  [0xffd2, 0xffd7, 0x315b],
  [0xffda, 0xffdc, 0x3161],
]

/**
 * Maps full-width and half-width characters to ordinary ones (the width mapping of RFC 8265, section 3.3), and joins
 * single Korean letters to syllables. The result may need NFC.
 */
export function mapWidth(text: string): string {
  if (!/[\u3000\u3131-\u3163\uff01-\uffee]/.test(text)) return text
  return composeHangul(
    text.replace(/[\u3000\uff01-\uffee]/g, (character) => jamoOf(character) ?? ordinary(character)),
  )
}

function jamoOf(character: string): string | undefined {
  const code = character.charCodeAt(0)
  const range = narrowJamo.find(([first, last]) => code >= first && code <= last)
  return range && String.fromCharCode(range[2] + code - range[0])
}

/** For these characters NFKC only changes the width, except that U+FFE3 would become a space and a mark. */
function ordinary(character: string): string {
  return character === '\uffe3' ? '\u00af' : character.normalize('NFKC')
}
