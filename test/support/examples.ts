/** The path of a documented operation, with the examples of its parameters. */
export function withExamples(path: string, operation: any): string {
  return withParameters(path, operation, ({ schema, example }) => example ?? schema.example)
}

/** The path with valid ids that do not exist. */
export function withUnknownIds(path: string, operation: any): string {
  return withParameters(path, operation, ({ schema }) => {
    if (schema.type === 'integer') return schema.maximum
    return schema.format === 'uuid' ? '00000000-0000-4000-8000-000000000000' : 'nothing'
  })
}

function withParameters(path: string, { parameters = [] }: any, pick: (parameter: any) => unknown): string {
  return path.replace(/\{(\w+)\}/g, (_, name) =>
    String(pick(parameters.find((parameter: any) => parameter.name === name && parameter.in === 'path'))),
  )
}
