import type { Database } from '../database.ts'

/**
 * Lets all who ask the same in one turn of the event loop share one answer, as most do who want the newest posts of a
 * busy server:
 *
 *     const page = await sharedPage(db, c.req.url, () => askDatabase())
 *
 * It is sought when the turn has ended, so that nobody's answer is older than the question. For what everybody may see
 * and nobody changes. The question must hold all that `find` looks at: it is what keeps one's answer from another. In
 * traces and logs the work belongs to who asked first. On Workers, where nobody may wait for the work of another
 * request, each request has a database of its own.
 */
export function shared<Answer>(): (
  db: Database,
  question: string,
  find: () => Promise<Answer>,
) => Promise<Answer> {
  const asked = new WeakMap<Database, Map<string, Promise<Answer>>>()
  return (db, question, find) => {
    const answers = asked.get(db) ?? new Map<string, Promise<Answer>>()
    asked.set(db, answers)
    const answer = answers.get(question) ?? findLater()
    answers.set(question, answer)
    return answer

    async function findLater() {
      await endOfTurn()
      answers.delete(question)
      return find()
    }
  }
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
