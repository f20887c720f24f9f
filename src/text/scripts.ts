import { scripts } from './unicode.generated.ts'

const only = (...names: string[]) => {
  const classes = [...names, 'Common', 'Inherited'].map((name) => `\\p{Script_Extensions=${name}}`)
  return new RegExp(`^[${classes.join('')}]*$`, 'u')
}

/** What may stand together (UTS #39, section 5.2, "highly restrictive"); Latin alone is in each. */
const combinations = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Hangul'],
  ['Latin', 'Han', 'Bopomofo'],
].map((names) => only(...names))

const single = new Map<string, RegExp | undefined>()

/** Compiled when the first name of a script comes. An engine with an older Unicode does not know the newest scripts. */
function onlyScript(name: string): RegExp | undefined {
  if (!single.has(name)) {
    try {
      single.set(name, only(name))
    } catch {
      single.set(name, undefined)
    }
  }
  return single.get(name)
}

/** Whether a name is in one script, or in scripts that are written together; digits and marks belong to any. */
export function isOfOneScript(name: string): boolean {
  return (
    combinations.some((pattern) => pattern.test(name)) ||
    scripts.split(' ').some((script) => onlyScript(script)?.test(name))
  )
}
