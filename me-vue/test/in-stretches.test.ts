import { expect, test } from '@jest/globals'
import { inStretches } from '../src/about/in-stretches.ts'

/** Works on ten items that take 4 ms each. */
async function work(goesOn: () => boolean) {
  const done: (number | 'pause')[] = []
  let time = 0
  const isWhole = await inStretches({
    items: Array.from({ length: 10 }, (_, index) => index),
    work(item) {
      time += 4
      done.push(item)
    },
    goesOn,
    now: () => time,
    pause: async () => void done.push('pause'),
  })
  return { done, isWhole }
}

test('the page gets its turn between stretches of work', async () => {
  const { done, isWhole } = await work(() => true)
  expect(done).toEqual([0, 1, 2, 'pause', 3, 4, 5, 'pause', 6, 7, 8, 'pause', 9])
  expect(isWhole).toBe(true)
})

test('work that is no longer wanted ends at its next pause', async () => {
  const { done, isWhole } = await work(() => false)
  expect(done).toEqual([0, 1, 2, 'pause'])
  expect(isWhole).toBe(false)
})
