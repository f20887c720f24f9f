import { registerHooks } from 'node:module'

// For each file of a package Node 26 reads the package's whole list of exports, and Drizzle's has 180 KB: its 120 files
// and our imports of it took 0.4 s and 120 MB at every start. Within Drizzle a relative address says it all, and what a
// name leads to is looked up once.

const inDrizzle = /\/node_modules\/drizzle-orm\//
const known = new Map()

registerHooks({
  resolve(specifier, context, nextResolve) {
    const { parentURL = '' } = context
    if (specifier.startsWith('.') && inDrizzle.test(parentURL))
      return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true }
    if (!specifier.startsWith('drizzle-orm')) return nextResolve(specifier, context)
    const found = known.get(specifier) ?? { ...nextResolve(specifier, context), shortCircuit: true }
    known.set(specifier, found)
    return found
  },
})
