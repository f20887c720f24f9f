import type { PasswordHasher } from '../../src/api/ports.ts'
import { inlineHasher } from '../../src/auth/passwords/passwords.ts'

/** A request that has checked its password and has not written yet. */
export interface HeldRequest {
  /** Settles when the password has been checked. */
  isChecked: Promise<void>
  /** Lets the request continue. */
  release(): void
}

/** A hasher that holds chosen requests after their password was checked. */
export function gatedHasher(cost: number) {
  const inline = inlineHasher(cost)
  const gates = new Map<string, { reach(): void; open: Promise<void> }>()
  const hasher: PasswordHasher = {
    hash: inline.hash,
    verify: async (password, hash) => {
      const isRight = await inline.verify(password, hash)
      const gate = gates.get(password)
      gates.delete(password)
      gate?.reach()
      await gate?.open
      return isRight
    },
  }
  /** Holds the next request that sends this password. */
  const hold = (password: string): HeldRequest => {
    const [checked, opening] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    gates.set(password, { reach: checked.resolve, open: opening.promise })
    return { isChecked: checked.promise, release: opening.resolve }
  }
  return { hasher, hold }
}
