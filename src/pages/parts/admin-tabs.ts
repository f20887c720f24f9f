import type { Texts } from '../texts/texts.ts'
import type { Html } from './shell.ts'
import { tabs } from './tabs.ts'

/** The links between the pages for admins. */
export function adminTabs(t: Texts, here: string): Html {
  return tabs(t.admin, here, [
    ['/app/admin/users', t.users],
    ['/app/admin/events', t.events],
  ])
}
