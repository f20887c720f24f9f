// Names and posts of the demo users. All of them are derived from a number, so two runs write the same texts.

const firstNames =
  'ada grace alan edsger barbara donald margaret linus radia tim hedy john katherine dennis frances ken joan leslie shafi vint minji jiho sora hyun'.split(
    ' ',
  )
const lastNames =
  'lovelace hopper turing dijkstra liskov knuth hamilton torvalds perlman lee lamarr backus johnson ritchie allen thompson clarke lamport kim park'.split(
    ' ',
  )
const subjects = [
  'a garden on the balcony',
  'sourdough bread',
  'a week without a phone',
  'the night train to Lisbon',
  'repairing a bicycle',
  'learning Korean',
  'a small web server',
  'database indexes',
  'the first marathon',
  'a library in the village',
  'cooking for twelve',
  'old maps',
  'a telescope',
  'bees',
  'type systems',
  'winter swimming',
]
const openings = [
  'What I learned from',
  'Notes on',
  'Five mistakes with',
  'In praise of',
  'A year of',
  'Starting over with',
  'The quiet joy of',
  'How not to begin with',
  'Questions about',
  'A short history of',
]
const sentences = [
  'It took longer than I thought, and that was the best part.',
  'Nobody tells you how much of it is waiting.',
  'I kept a list of what went wrong; it became the most useful page of my notebook.',
  'A neighbour showed me a trick that no book mentions.',
  'The second attempt was worse than the first, the third one worked.',
  'If you try only one thing from this post, let it be patience.',
  'There is a simple rule: measure first, change one thing, measure again.',
  '비가 오는 날에는 모든 것이 조금 느려진다.',
  'I was wrong about nearly everything, and I wrote it down so that you need not be.',
  'By evening the kitchen table was covered with parts.',
  'It cost less than a dinner and lasted a whole summer.',
  'Ask me again in a year; I may have changed my mind.',
]
const tagNames = ['diary', 'how-to', 'travel', 'food', 'code', 'books', 'sport', 'nature']

/** The name of demo user number `n`; the first is called demo. */
export function demoUsername(n: number): string {
  if (n === 0) return 'demo'
  const name = `${pick(firstNames, n)}.${pick(lastNames, Math.floor(n / firstNames.length) * 7 + n)}`
  const round = Math.floor(n / (firstNames.length * lastNames.length))
  return round === 0 ? name : `${name}.${round}`
}

/** Demo post number `n`. */
export function demoPost(n: number): { title: string; body: string; tags: string[] } {
  const random = randomFrom(n)
  const subject = pick(subjects, random())
  const paragraphs = Array.from({ length: 2 + (random() % 4) }, () =>
    Array.from({ length: 2 + (random() % 4) }, () => pick(sentences, random())).join(' '),
  )
  return {
    title: `${pick(openings, random())} ${subject}`,
    body: paragraphs.join('\n\n'),
    tags: [...new Set([pick(tagNames, random()), pick(tagNames, random())])],
  }
}

function pick(list: readonly string[], n: number): string {
  return list[n % list.length] ?? ''
}

/** mulberry32, a small and fast generator: the same seed gives the same numbers everywhere. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}
