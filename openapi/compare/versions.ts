/**
 * Whether a version may contain breaking changes after this one: a new major version, or before 1.0.0 a new minor
 * version.
 */
export function allowsBreaking(before: string, after: string): boolean {
  const [oldMajor = 0, oldMinor = 0] = before.split('.').map(Number)
  const [major = 0, minor = 0] = after.split('.').map(Number)
  if (major !== oldMajor) return major > oldMajor
  return major === 0 && minor > oldMinor // Semantic Versioning, section 4
}
