/**
 * The host and port as lists, which postgres.js uses unchanged: in a string it would parse colons, commas and slashes.
 * Its types do not include lists.
 */
export function asWritten(host: string, port: number): { host: string; port: number } {
  return { host: [host], port: [port] } as unknown as { host: string; port: number }
}
