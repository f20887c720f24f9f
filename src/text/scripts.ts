import { scripts } from './unicode.generated.ts'

const only = (...names: string[]) => {
  const classes = [...names, 'Common', 'Inherited'].map((name) => `\\p{Script_Extensions=${name}}`)
  return new RegExp(`^[${classes.join('')}]*$`, 'u')
}

/** Scripts that may be mixed (UTS #39, section 5.2, "highly restrictive"); Latin may be part of each mixture. */
const combinations = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Hangul'],
  ['Latin', 'Han', 'Bopomofo'],
].map((names) => only(...names))

const single = new Map<string, RegExp | undefined>()

/** Compiled at the first name in a script. An engine with an older Unicode version does not know the newest scripts. */
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

/** Whether a name uses one script, or scripts that are written together. Digits and marks belong to any script. */
export function isOfOneScript(name: string): boolean {
  return (
    combinations.some((pattern) => pattern.test(name)) ||
    scripts.split(' ').some((script) => onlyScript(script)?.test(name))
  )
}
