import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import document from '../../openapi/openapi.json' with { type: 'json' }
import { toYaml } from '../../src/document/yaml.ts'

/** Many programs still parse YAML 1.1: both versions must give the same values. */
const read = (text: string) => (['1.1', '1.2'] as const).map((version) => parse(text, { version }))

describe('YAML', () => {
  test('The YAML has the same content as the document', () => {
    const text = toYaml(document)
    expect(read(text)).toEqual([document, document])
    expect(text).toContain('\n  title: Gatepost\n')
    expect(text).not.toContain('"Gatepost"')
  })

  test.each<[string, unknown]>([
    ['words with a meaning', ['true', 'No', 'on', 'NULL', 'y', '~', '', 'null', 'yes', '.inf', 'truest']],
    ['numbers in quotes', ['1', '1e3', '0x10', '1_000', '12:30', '2026-11-21', '-1', '.5']],
    [
      'signs',
      ['- a', 'a: b', 'a #b', '#', '&a', '*a', '!a', '%a', '@a', '`a', '? a', '{}', '[]', '|', '>', '='],
    ],
    ['signs at the end', ['a:', 'a ', ' a', 'a-', 'a,', '---', '...', "it's", '"', '\\', 'a\tb']],
    [
      'lines',
      ['a\nb', 'a\n\nb\n', '\na', '  a\nb', 'a \nb', 'a\r\nb', '\n', 'a\u2028b', 'a\u0085b', 'a\n\t'],
    ],
    ['lines under keys', { a: 'one\n\n  two\n# three', b: '\n', c: ' x\ny', d: 'x\ny\n', e: 'x\n\u2028y' }],
    ['other letters', ['é', '日本', '😀', '\u0000', '\ufeff', '\ud800', 'a😀b\nc', '…', '–']],
    ['keys', { '': 1, '200': 2, true: 3, 'a b': 4, 'a: b': 5, '/posts/{id}': 6, $ref: 7, '- x': 8, '<<': 9 }],
    ['emptiness', { a: [], b: {}, c: [[]], d: [{}], e: null, f: { g: {} }, h: [[], [[1]]] }],
    ['nests', [[1, [2, 3]], { a: [{ b: 1, c: [4] }], d: { e: [false] } }, 1.5, -2e30]],
    ['a text alone', 'a: b'],
  ])('YAML keeps %s', (_what, value) => {
    expect(read(toYaml(value))).toEqual([value, value])
  })

  test('YAML leaves out undefined values', () => {
    expect(read(toYaml({ a: undefined, b: { c: undefined } }))).toEqual([{ b: {} }, { b: {} }])
  })
})
