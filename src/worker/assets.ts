export interface Assets {
  fetch(request: Request): Promise<Response>
}

/** Loads a file of worker/assets.ts. The host in the URL is a placeholder: ASSETS only reads the path. */
export async function readAsset(assets: Assets, name: string): Promise<Response> {
  const response = await assets.fetch(new Request(`https://assets.invalid/${name}`))
  if (!response.ok) throw new Error(`The static asset ${name} could not be loaded: ${response.status}.`)
  return response
}
