/**
 * Makes something of rows once for all requests that share them (src/db/shared.ts) and have the same address:
 *
 *     const text = pages(rows, c.req.url, () => JSON.stringify(toPage(rows)))
 */
export function madeOnce<Made>(): (rows: object, address: string, make: () => Made) => Made {
  const made = new WeakMap<object, Map<string, Made>>()
  return (rows, address, make) => {
    const ofThese = made.get(rows) ?? new Map<string, Made>()
    made.set(rows, ofThese)
    const one = ofThese.get(address) ?? make()
    ofThese.set(address, one)
    return one
  }
}
