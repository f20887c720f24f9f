import { compareSync } from 'bcryptjs'

// biome-ignore lint/style/noDefaultExport: piscina calls the default export
export default ({ password, hash }: { password: string; hash: string }) => compareSync(password, hash)
