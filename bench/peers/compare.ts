import { compareSync } from 'bcryptjs'

// biome-ignore lint/style/noDefaultExport: what piscina calls
export default ({ password, hash }: { password: string; hash: string }) => compareSync(password, hash)
