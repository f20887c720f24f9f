export interface Assets {
  fetch(request: Request): Promise<Response>
}

/** A file of worker/assets.ts. The host is nobody's: ASSETS looks at the path alone. */
export async function readAsset(assets: Assets, name: string): Promise<Response> {
  const response = await assets.fetch(new Request(`https://assets.invalid/${name}`))
  if (!response.ok) throw new Error(`The static asset ${name} is answered with ${response.status}.`)
  return response
}
