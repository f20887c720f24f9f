import { expect, test } from 'vitest'
import { duplicateKey } from '../../src/http/duplicate-key.ts'

test.each([
  ['{"a":1,"a":2}', '/a'],
  ['{"a":1,"\\u0061":2}', '/a'],
  ['{"a":{"b":[0,{"c":1,"d":"x\\"","c":2}]}}', '/a/b/1/c'],
  ['[{"x":1},{"x":1,"x":1}]', '/1/x'],
  ['{"a/b":1,"a~":2,"a/b":3}', '/a~1b'],
  ['{"__proto__":1,"__proto__":2}', '/__proto__'],
  ['{"":1,"":2}', '/'],
  ['{"\\\\":1,"\\\\":2}', '/\\'],
])('The repeated key in %s is at %s', (text, pointer) => {
  expect(duplicateKey(text)).toBe(pointer)
})

test.each([
  '{"a":{"a":{"a":1}},"b":"a"}',
  '[{"a":1},{"a":1}]',
  '"a"',
  '{"a":"\\"a\\":","b":"{\\"a\\":1,\\"a\\":2}"}',
  '{}',
  '[[],[]]',
])('No key is repeated in %s', (text) => {
  expect(duplicateKey(text)).toBeUndefined()
})

test('Checking a million characters takes no longer than parsing them', () => {
  const quotes = JSON.stringify({ a: '"'.repeat(250_000), b: '\\'.repeat(250_000) })
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const start = performance.now()
  expect(duplicateKey(quotes)).toBeUndefined()
  expect(duplicateKey(deep)).toBeUndefined()
  expect(performance.now() - start).toBeLessThan(2000)
})
