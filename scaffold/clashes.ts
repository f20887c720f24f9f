import { readdir, readFile } from 'node:fs/promises'
import type { Names } from './names.ts'

interface Document {
  paths: Record<string, Record<string, { operationId: string; tags: string[] }>>
  components: { schemas: Record<string, unknown> }
}

/** The existing things that a new resource would collide with, each as one clause. */
export async function clashesOf(names: Names, root: string): Promise<string[]> {
  const { kebab, snake, pascal, pascalOne } = names
  const document: Document = JSON.parse(await readFile(`${root}/openapi/openapi.json`, 'utf8'))
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item))
  const operationIds = new Set(operations.map(({ operationId }) => operationId))
  const ids = [`list${pascal}`, ...['create', 'read', 'update', 'delete'].map((verb) => verb + pascalOne)]
  const schemas = [pascalOne, `Create${pascalOne}`, `Update${pascalOne}`, `${pascalOne}Page`]
  return [
    ...((await readdir(`${root}/src`)).includes(kebab) ? [`the folder src/${kebab} is there`] : []),
    ...((await readdir(`${root}/test/api`)).includes(`${kebab}.test.ts`)
      ? [`the file test/api/${kebab}.test.ts is there`]
      : []),
    ...(Object.keys(document.paths).some((path) => path.split('/')[1] === kebab)
      ? [`the API has the path /${kebab}`]
      : []),
    ...ids.filter((id) => operationIds.has(id)).map((id) => `the API has the operation ${id}`),
    ...schemas
      .filter((name) => name in document.components.schemas)
      .map((name) => `the API has the schema ${name}`),
    ...((await tablesOf(root)).includes(snake) ? [`the database has the table ${snake}`] : []),
  ]
}

/** The tables after the last migration. */
async function tablesOf(root: string): Promise<string[]> {
  const folder = `${root}/drizzle/meta`
  const last = (await readdir(folder))
    .filter((name) => /^\d+_snapshot\.json$/.test(name))
    .sort()
    .at(-1)
  if (last === undefined) return []
  const { tables } = JSON.parse(await readFile(`${folder}/${last}`, 'utf8'))
  return Object.values<{ name: string }>(tables).map(({ name }) => name)
}
