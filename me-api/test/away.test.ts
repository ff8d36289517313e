import { expect, test } from '@jest/globals'
import { createAway } from '../src/chat/presence/away.ts'
import { noInterchange } from '../src/nodes/interchange.ts'
import { manualClock } from './support/manual-clock.ts'

const MINUTES = 60_000

function house() {
  const clock = manualClock()
  const away = createAway({ clock, interchange: noInterchange })
  const open = () => {
    const activity = away.begin()
    away.opened('ada', activity)
    return activity
  }
  return { clock, away, open, isAway: () => away.isAway('ada') }
}

test('somebody without a tab is away', () => {
  const { isAway, open, away } = house()
  expect(isAway()).toBe(true)
  const tab = open()
  expect(isAway()).toBe(false)
  away.closed('ada', tab)
  expect(isAway()).toBe(true)
})

test('a connection that never says so is idle two minutes after its last event', () => {
  const { clock, away, open, isAway } = house()
  const tab = open()
  clock.advance(MINUTES)
  away.acted('ada', tab)
  clock.advance(2 * MINUTES - 1)
  expect(isAway()).toBe(false)
  clock.advance(1)
  expect(isAway()).toBe(true)
  away.acted('ada', tab)
  expect(isAway()).toBe(false)
})

test('a connection that says so is what it says, however long ago', () => {
  const { clock, away, open, isAway } = house()
  const tab = open()
  away.acted('ada', tab, 'active')
  clock.advance(60 * MINUTES)
  expect(isAway()).toBe(false)
  away.acted('ada', tab, 'idle')
  expect(isAway()).toBe(true)
  // What a program does in an idle tab makes nobody present.
  away.acted('ada', tab)
  expect(isAway()).toBe(true)
})

test('one tab in use is enough', () => {
  const { away, open, isAway } = house()
  const [one, other] = [open(), open()]
  away.acted('ada', one, 'idle')
  expect(isAway()).toBe(false)
  away.acted('ada', other, 'idle')
  expect(isAway()).toBe(true)
})
