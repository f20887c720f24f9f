import { enableCompileCache, registerHooks } from 'node:module'
import { tmpdir } from 'node:os'

// Compiled once and kept in the temporary folder. By this name the threads that hash passwords know it too.
process.env.NODE_COMPILE_CACHE ||= `${tmpdir()}/node-compile-cache`
enableCompileCache()

// For each file of a package Node 26 reads the package's whole list of exports, and Drizzle's has 180 KB: its 120 files
// and our imports of it took 0.4 s and 120 MB at every start. Within Drizzle a relative address says it all, and what
// our own files mean by a name is looked up once.

const inDrizzle = /\/node_modules\/drizzle-orm\/(?!.*\/node_modules\/)[^?#]*\.js$/
const ourFiles = new URL('../src/', import.meta.url).href
const known = new Map()

registerHooks({
  resolve(specifier, context, nextResolve) {
    const { parentURL = '', conditions } = context
    if (!conditions.includes('import')) return nextResolve(specifier, context)
    if (/^\.\.?\/.*\.js$/.test(specifier) && inDrizzle.test(parentURL))
      return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true }
    if (!/^drizzle-orm(\/|$)/.test(specifier) || !parentURL.startsWith(ourFiles))
      return nextResolve(specifier, context)
    const found = known.get(specifier) ?? { ...nextResolve(specifier, context), shortCircuit: true }
    known.set(specifier, found)
    return found
  },
})
