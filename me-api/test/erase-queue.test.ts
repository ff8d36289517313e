import { expect, test } from '@jest/globals'
import { createEraser } from '../src/chat/erase.ts'
import type { Author } from '../src/contract/index.ts'

/** An eraser whose looks through the messages can be told apart, and end only when the test says so. */
function slowEraser() {
  const looks: { id: string; end: () => void }[] = []
  const erase = createEraser({
    store: {
      lastKey: async () => 1,
      tracesOf: (id) => new Promise((resolve) => looks.push({ id, end: () => resolve([]) })),
    },
    log: { write: () => Promise.reject(new Error('nothing is written')) },
    recentlyDeleted: { whileErasing: (_id, act) => act() },
  })
  const byId = (id: string): Author => ({ id, nick: id, role: 'visitor' })
  return { looks, erase: (id: string) => erase(byId(id), id) }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 20))

test('erasures look through the messages one after another', async () => {
  const { looks, erase } = slowEraser()
  const both = [erase('ada'), erase('bo')]
  await settle()
  expect(looks.map(({ id }) => id)).toEqual(['ada'])
  looks[0]?.end()
  await settle()
  expect(looks.map(({ id }) => id)).toEqual(['ada', 'bo'])
  looks[1]?.end()
  await Promise.all(both)
})

test('who asks again while theirs has begun is served once more, however often they ask', async () => {
  const { looks, erase } = slowEraser()
  const first = erase('ada')
  await settle()
  const again = Array.from({ length: 180 }, () => erase('ada'))
  looks[0]?.end()
  await first
  await settle()
  expect(looks).toHaveLength(2)
  looks[1]?.end()
  await Promise.all(again)
  expect(looks).toHaveLength(2)
})
