import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

// Biome finds cycles between files and enforces the rules in biome.json. This test finds cycles between folders,
// and counts imports of types too. To see the graph: IMPORT_GRAPH=1 npx vitest run --project node
// test/project/imports.test.ts

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The one exception: the catalogue is assembled from the problems beside each resource, and needs their types. */
const catalogue = /^src\/errors\/problems(\.ko)?\.generated\.ts$/

interface Import {
  from: string
  to: string
}

/** Every relative import of a file of src/: static and dynamic ones, and types. */
async function importsOf(file: string): Promise<Import[]> {
  const text = await readFile(join(root, file), 'utf8')
  const specifiers = [...text.matchAll(/(?:\bfrom |\bimport |\bimport\()'(\.[^']+)'/g)]
  return specifiers.map(([, specifier = '']) => ({ from: file, to: normalize(join(file, '..', specifier)) }))
}

/** The room of a file: a folder of src/, or the entry itself. Undefined outside of src/. */
function roomOf(file: string): string | undefined {
  return /^src\/([^/]+)/.exec(file)?.[1]
}

/** The rooms that each room imports, with one import of each as an example. */
function graphOf(imports: readonly Import[]): Map<string, Map<string, Import>> {
  const graph = new Map<string, Map<string, Import>>()
  for (const example of imports) {
    const [from, to] = [roomOf(example.from), roomOf(example.to)]
    if (from === undefined || to === undefined || from === to) continue
    const targets = graph.get(from) ?? new Map<string, Import>()
    graph.set(from, targets.set(to, targets.get(to) ?? example))
  }
  return graph
}

/**
 * The rooms in layers, lowest first: each imports only earlier layers. The rooms that are left are in a cycle, or
 * above one.
 */
function layersOf(graph: ReturnType<typeof graphOf>): { layers: string[][]; left: string[] } {
  const layers: string[][] = []
  let left = [...new Set([...graph].flatMap(([from, targets]) => [from, ...targets.keys()]))]
  for (;;) {
    const free = left.filter((room) => ![...(graph.get(room)?.keys() ?? [])].some((to) => left.includes(to)))
    if (free.length === 0) return { layers, left }
    layers.push(free.sort())
    left = left.filter((room) => !free.includes(room))
  }
}

/** The rooms that other rooms import, and the rooms that these import. */
function importedRooms(rooms: readonly string[]): readonly string[] {
  const rest = rooms.filter((room) => rooms.some((other) => graph.get(other)?.has(room)))
  return rest.length === rooms.length ? rest : importedRooms(rest)
}

const files = globSync('src/**/*.ts', { cwd: root }).map((file) => file.replaceAll('\\', '/'))
const imports = (await Promise.all(files.map(importsOf))).flat()
const graph = graphOf(imports.filter(({ from }) => !catalogue.test(from)))
const { layers, left } = layersOf(graph)

if (process.env.IMPORT_GRAPH) {
  for (const layer of layers)
    for (const room of layer)
      process.stdout.write(`${room} → ${[...(graph.get(room)?.keys() ?? [])].sort().join(', ')}\n`)
}

test('No room of src/ imports another in a circle, types included', () => {
  const inCycle = importedRooms(left).flatMap((room, _, rooms) =>
    [...(graph.get(room) ?? [])]
      .filter(([to]) => rooms.includes(to))
      .map(([, { from, to }]) => `${from} imports ${to}`),
  )
  expect(inCycle).toEqual([])
})

test('The rooms have the documented order: text, db, config, errors, http, api', () => {
  const documented = ['text', 'db', 'config', 'errors', 'http', 'api']
  const violations = documented.flatMap((room, index) =>
    [...(graph.get(room)?.values() ?? [])]
      .filter(({ to }) => !documented.slice(0, index).includes(roomOf(to) ?? ''))
      .map(({ from, to }) => `${from} imports ${to}`),
  )
  expect(violations).toEqual([])
})

test('The catalogue imports only files of problems', () => {
  const others = imports.filter(({ from, to }) => catalogue.test(from) && !/\.problems(\.ko)?\.ts$/.test(to))
  expect(others).toEqual([])
})

test('src/ has at most eight entries that are files', () => {
  expect(globSync('src/*.*', { cwd: root }).length).toBeLessThanOrEqual(8)
})

test('A package in packages/ imports nothing of the service', async () => {
  const packageFiles = globSync('packages/*/src/**/*.ts', { cwd: root })
  const found = (await Promise.all(packageFiles.map(importsOf))).flat()
  expect(found.length).toBeGreaterThan(50)
  expect(found.filter(({ from, to }) => !to.startsWith(from.split('/', 3).join('/')))).toEqual([])
})
