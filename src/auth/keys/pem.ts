import { exportJWK, importPKCS8, importSPKI } from 'jose'
import { type Jwk, pairAlgorithms, type Refuse } from './jwk.ts'

/** The function that reads a block, by its label (RFC 7468, sections 10 and 13). */
const readers = { 'PRIVATE KEY': importPKCS8, 'PUBLIC KEY': importSPKI } as const

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
  if (!block.includes(`-----END ${label}-----`)) throw refuse('is not whole: PEM goes from BEGIN to END.')
  for (const alg of pairAlgorithms) {
    try {
      return { ...(await exportJWK(await readers[label](block, alg, { extractable: true }))) }
    } catch {
      // Not this kind of key: try the next.
    }
  }
  throw refuse('is none that can be used: make it Ed25519, EC P-256 or RSA.')
}

function isReadable(label: string): label is keyof typeof readers {
  return Object.hasOwn(readers, label)
}
