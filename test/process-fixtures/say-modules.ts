import { registerHooks } from 'node:module'

// Loaded before a service: says which packages it loads, each once.

const said = new Set<string>()

registerHooks({
  load(url, context, nextLoad) {
    const [, name] = /node_modules\/((?:@[\w-]+\/)?[\w.-]+)\/(?!.*node_modules\/)/.exec(url) ?? []
    if (name !== undefined && !said.has(name)) {
      said.add(name)
      process.stderr.write(`loads ${name}\n`)
    }
    return nextLoad(url, context)
  },
})
