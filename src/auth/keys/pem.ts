import { decodeBase64 } from 'hono/utils/encode'
import { type Jwk, keyKinds, pairAlgorithms, type Refuse } from './jwk.ts'

/** WebCrypto's names of the two PEM formats, by label (RFC 7468, sections 10 and 13). */
const formats = { 'PRIVATE KEY': 'pkcs8', 'PUBLIC KEY': 'spki' } as const

/**
 * Reads PEM text (PKCS #8 private keys and public keys) as JSON Web Keys, in their order.
 * @throws the error that `refuse(nth)` makes, for the nth key
 */
export async function readPem(text: string, refuse: (nth: number) => Refuse): Promise<Jwk[]> {
  // In environment variables, line ends are often written as the two characters `\n`.
  const blocks = text.replaceAll('\\n', '\n').split(/(?=-----BEGIN )/)
  const keys = blocks.filter((block) => block.startsWith('-----BEGIN '))
  return Promise.all(keys.map((block, index) => readBlock(block, refuse(index + 1))))
}

async function readBlock(block: string, refuse: Refuse): Promise<Jwk> {
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----/.exec(block)?.[1] ?? ''
  if (!isReadable(label)) {
    throw refuse(
      'must be PKCS #8, which begins with BEGIN PRIVATE KEY. Convert it with: openssl pkcs8 -topk8 -nocrypt -in key.pem',
    )
  }
  const content = block.split('-----')[2] ?? ''
  if (!block.includes(`-----END ${label}-----`)) throw refuse('is not whole: PEM goes from BEGIN to END.')
  const format = formats[label]
  for (const alg of pairAlgorithms) {
    try {
      const bytes = decodeBase64(content.replace(/\s/g, ''))
      const usage = format === 'pkcs8' ? 'sign' : 'verify'
      const key = await crypto.subtle.importKey(format, bytes, keyKinds[alg].parameters, true, [usage])
      const { key_ops: _, ext: __, ...jwk } = await crypto.subtle.exportKey('jwk', key)
      return jwk
    } catch {
      // Not this kind of key: try the next.
    }
  }
  throw refuse('is none that can be used: make it Ed25519, EC P-256 or RSA.')
}

function isReadable(label: string): label is keyof typeof formats {
  return Object.hasOwn(formats, label)
}
