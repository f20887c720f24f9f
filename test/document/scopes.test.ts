import { expect, test } from 'vitest'
import { generateDocument } from '../../src/commands/openapi.ts'
import { toOpenApi30 } from '../../src/document/down-convert.ts'

test('The OpenAPI 3.0 document names scopes only in descriptions, since API keys have no scopes there', async () => {
  const document: any = await generateDocument()
  const older: any = toOpenApi30(document)
  let guarded = 0
  for (const [path, item] of Object.entries<any>(document.paths)) {
    for (const [method, { security, description }] of Object.entries<any>(item)) {
      const [scope] = security.find((requirement: object) => 'accessToken' in requirement)?.accessToken ?? []
      const converted = older.paths[path][method]
      expect(converted.security.flatMap(Object.keys)).toEqual(security.flatMap(Object.keys))
      expect(converted.security.flatMap((requirement: any) => Object.values(requirement).flat())).toEqual([])
      if (scope === undefined) continue
      guarded++
      expect(description).toContain(scope === 'session' ? 'For sessions only' : `\`${scope}\``)
      expect(converted.description).toBe(description)
    }
  }
  expect(guarded).toBeGreaterThan(20)
})
