import { afterAll } from 'vitest'
import { contractSoFar } from './api.ts'
import './target.ts'

// After each file, its process sends the statuses it has seen to the reporter; processes share nothing else.
// biome-ignore lint/correctness/noEmptyPattern: vitest accepts only a pattern here
afterAll(async ({}, file) => {
  const contract = await contractSoFar()
  if (contract) file.meta.contract = contract.coverage()
})
