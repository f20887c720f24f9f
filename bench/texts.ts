import { randomFrom } from '../src/commands/demo-texts.ts'

const english =
  'the of and to in that it was for on as with but at by from they we this which when there all would their what about so if into could time only some other than then its our two may first any now people way after where most long even because good many through back years much before must own over last such these still world here while life never home might place old might year under off again without found great thought few night house little small right between water garden bread train island letter winter kitchen river morning evening bicycle mountain village library window measure engine repair notebook window harbour market festival autumn spring journey question mistake pattern careful quiet sudden bright'.split(
    ' ',
  )
const korean =
  '그리고 하지만 우리는 나는 그것은 사람들이 시간이 오늘 어제 내일 조금 많이 다시 처음 마지막 작은 큰 새로운 오래된 집에서 길에서 바다가 산을 강을 비가 눈이 바람이 아침에 저녁에 밤에 봄에 여름에 가을에 겨울에 책을 빵을 기차를 자전거를 편지를 친구와 이웃이 가족과 함께 혼자 천천히 빨리 생각했다 보았다 들었다 걸었다 읽었다 썼다 만들었다 고쳤다 배웠다 잊었다 기다렸다 돌아왔다 시작했다 끝났다 좋았다 어려웠다 쉬웠다 느려진다 빨라진다 부엌에서 시장에서 도서관에서 정원에서 마을에서 질문을 실수를 방법을 이유를 대답을 하루가 일년이 평생을 조용히 갑자기 아마도 언제나 가끔 절대로'.split(
    ' ',
  )
const tags = ['diary', 'how-to', 'travel', 'food', 'code', '책', '일상', 'nature']

/** Post number `n`: a title and some 1,000 characters, half of the sentences Korean, different for each number. */
export function benchPost(n: number): { title: string; body: string; tags: string[] } {
  const random = randomFrom(n)
  // Squared: a few words are frequent, most are rare.
  const pick = <T>(list: readonly T[]) => list[Math.floor((random() / 2 ** 32) ** 2 * list.length)] as T
  const sentence = () => {
    const words = random() % 2 === 0 ? english : korean
    const text = Array.from({ length: 6 + (random() % 9) }, () => pick(words)).join(' ')
    return `${text[0]?.toUpperCase()}${text.slice(1)}.`
  }
  let body = sentence()
  while (body.length < 1000) body += (random() % 5 === 0 ? '\n\n' : ' ') + sentence()
  return {
    title: `${sentence().slice(0, 60)} ${n}`,
    body: body.slice(0, 1000).trim(),
    tags: [...new Set([pick(tags), pick(tags)])],
  }
}

/** The same items in another order, which depends on the seed. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = randomFrom(seed)
  return items
    .map((item) => [random(), item] as const)
    .sort(([one], [other]) => one - other)
    .map(([, item]) => item)
}
