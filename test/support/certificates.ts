import { generate } from 'selfsigned'

/** A certificate and its key, in PEM. */
export interface Certificate {
  certificate: string
  key: string
}

/** Creates a certificate authority for tests. */
export async function newAuthority(): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'Gatepost tests' }], {
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return { certificate: cert, key }
}

/** Creates a certificate of this authority, for these host names or for a client with this name. */
export async function signedBy(
  { certificate, key }: Certificate,
  { name, hosts = [] }: { name: string; hosts?: string[] },
): Promise<Certificate> {
  const generated = await generate([{ name: 'commonName', value: name }], {
    algorithm: 'sha256',
    ca: { cert: certificate, key },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'subjectAltName', altNames: [name, ...hosts].map((value) => ({ type: 2 as const, value })) },
    ],
  })
  return { certificate: generated.cert, key: generated.private }
}
