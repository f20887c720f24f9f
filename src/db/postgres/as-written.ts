/**
 * A host and a port as postgres.js takes them without looking for colons, commas and slashes in them: as lists, which
 * its types do not know.
 */
export function asWritten(host: string, port: number): { host: string; port: number } {
  return { host: [host], port: [port] } as unknown as { host: string; port: number }
}
