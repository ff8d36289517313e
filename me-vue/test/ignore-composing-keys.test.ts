import { expect, test } from '@jest/globals'
import { ignoreComposingKeys } from '../src/platform/ignore-composing-keys.ts'

test.each([
  ['Escape', { isComposing: true, keyCode: 27 }, false],
  ['Enter', { isComposing: false, keyCode: 229 }, false],
  ['Escape', { isComposing: false, keyCode: 27 }, true],
])('a handler hears of %s with %j: %s', (_, state, isHeard) => {
  const target = new EventTarget()
  ignoreComposingKeys(target as never)
  let heard = 0
  for (const type of ['keydown', 'keyup']) {
    target.addEventListener(type, () => void heard++)
    target.dispatchEvent(Object.assign(new Event(type), state))
  }
  expect(heard).toBe(isHeard ? 2 : 0)
})
