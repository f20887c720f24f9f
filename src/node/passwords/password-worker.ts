import { compareSync, hashSync } from 'bcryptjs'

// Runs in the threads of password-pool.ts, where blocking does no harm; the synchronous functions are faster.

export function hash({ password, cost }: { password: string; cost: number }): string {
  return hashSync(password, cost)
}

export function verify({ password, hash }: { password: string; hash: string }): boolean {
  return compareSync(password, hash)
}
