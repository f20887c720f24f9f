import { settings } from './config.ts'

interface SettingHelp {
  name: string
  /** The default in the notation of the variable; empty if there is none. */
  fallback: string
  description: string
}

/** All settings for the help texts, in the order of `config.ts`. */
function settingsHelp(): SettingHelp[] {
  return Object.entries(settings).map(([name, schema]) => ({
    name,
    fallback: defaultOf(schema),
    description: schema.description ?? '',
  }))
}

/** The settings as lines for a terminal. */
export function settingsText(): string {
  const lines = settingsHelp().map(
    ({ name, fallback, description }) =>
      `  ${name.padEnd(24)} ${description}${fallback && ` (default: ${fallback})`}`,
  )
  return ['Settings (environment variables):', ...lines].join('\n')
}

/** The settings as a table for docs/configuration.md. */
export function settingsMarkdown(): string {
  const rows = settingsHelp().map(
    ({ name, fallback, description }) =>
      `| \`${name}\` | ${fallback && `\`${fallback}\``} | ${description} |`,
  )
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}

function defaultOf(schema: (typeof settings)[keyof typeof settings]): string {
  const { def } = schema
  return def.type === 'prefault' ? String(def.defaultValue) : ''
}
