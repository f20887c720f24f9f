import type { Database } from './client.ts'

interface Query<Values, Rows> {
  execute(values: Values): Promise<Rows>
}

/**
 * Lets all who ask the same in one turn of the event loop share one query, as most do who want the newest posts of a
 * busy server. It is sent when the turn has ended, so that nobody's answer is older than the question. For rows that
 * everybody may see and that nobody changes. In traces the query belongs to who asked first.
 */
export function shared<Values extends Record<string, unknown>, Rows>(
  queryOf: (db: Database) => Query<Values, Rows>,
) {
  const asked = new WeakMap<Database, Map<string, Promise<Rows>>>()
  return (db: Database, values: Values): Promise<Rows> => {
    const answers = asked.get(db) ?? new Map<string, Promise<Rows>>()
    asked.set(db, answers)
    const question = JSON.stringify(values)
    const answer = answers.get(question) ?? ask()
    answers.set(question, answer)
    return answer

    async function ask() {
      await endOfTurn()
      answers.delete(question)
      return queryOf(db).execute(values)
    }
  }
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
