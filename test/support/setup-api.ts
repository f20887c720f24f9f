import { afterAll } from 'vitest'
import { contractSoFar } from './api.ts'
import './target.ts'

// After each file, its process tells the reporter what it has seen; processes share nothing else.
// biome-ignore lint/correctness/noEmptyPattern: vitest takes nothing but a pattern here
afterAll(async ({}, file) => {
  const contract = await contractSoFar()
  if (contract) file.meta.contract = contract.coverage()
})
