import { compareSync, hashSync } from 'bcryptjs'

// Runs in the threads of password-pool.ts; the synchronous functions are the quicker ones.

export function hash({ password, cost }: { password: string; cost: number }): string {
  return hashSync(password, cost)
}

export function verify({ password, hash }: { password: string; hash: string }): boolean {
  return compareSync(password, hash)
}
