import { expect, test } from '@jest/globals'
import type { ChatSocket } from '../src/chat/transports/socketio/socket-types.ts'
import { createTabs } from '../src/chat/transports/socketio/tabs.ts'
import { type Interchange, noInterchange } from '../src/nodes/interchange.ts'
import { manualClock } from './support/manual-clock.ts'

type Sent = { from: number; kind: string; data: unknown }

/** Nodes whose messages wait until the test passes them on; each has a clock of its own, in fractions. */
function nodes(count: number) {
  const clock = manualClock()
  const waiting: Sent[] = []
  const heard = Array.from({ length: count }, () => new Map<string, (data: never, from: string) => void>())
  const passOn = ({ from, kind, data }: Sent) =>
    heard.forEach((handlers, node) => node !== from && handlers.get(kind)?.(data as never, String(from)))
  const tabs = heard.map((handlers, from) => {
    const interchange: Interchange = {
      ...noInterchange,
      isShared: true,
      send: (kind, data) => waiting.push({ from, kind, data }) > 0,
      on: (kind, handler) => void handlers.set(kind, handler as (data: never, from: string) => void),
    }
    const offset = from * 0.5
    return createTabs({
      interchange,
      clock: { ...clock, monotonic: () => Math.round(clock.monotonic() + offset) },
    })
  })
  return {
    clock,
    waiting,
    /** Passes on what waits, and what is said because of it; each message takes a while. */
    deliver(milliseconds: number, isChosen = (_: Sent): boolean => true) {
      for (let next; (next = waiting.findIndex(isChosen)) >= 0;) {
        clock.advance(milliseconds)
        waiting.splice(next, 1).forEach(passOn)
      }
    },
    open(node: number) {
      const connection = { isOpen: true }
      tabs[node]!.opened({
        data: { guest: { self: { id: 'ada' } }, tab: 'tab' },
        disconnect: () => (connection.isOpen = false),
      } as unknown as ChatSocket)
      return connection
    },
  }
}

test('of the same tab at the same moment on two nodes one stays, however the clocks round', () => {
  for (let begin = 0; begin < 1; begin += 0.1)
    for (let apart = 0; apart < 1; apart += 0.1)
      for (let way = 0.05; way < 1; way += 0.1) {
        const { clock, open, deliver } = nodes(2)
        clock.advance(begin)
        const one = open(0)
        clock.advance(apart)
        const other = open(1)
        deliver(way)
        expect([begin, apart, way, one.isOpen || other.isOpen]).toEqual([begin, apart, way, true])
      }
})

test('the later connection of a tab stays, and the earlier one ends', () => {
  const { clock, open, deliver } = nodes(2)
  const former = open(0)
  clock.advance(1_000)
  const later = open(1)
  deliver(5)
  expect([former.isOpen, later.isOpen]).toEqual([false, true])
})

test('an answer to an earlier question ends no connection that is younger', () => {
  const { clock, open, deliver, waiting } = nodes(3)
  open(1)
  open(2)
  const announced = waiting.splice(0)
  clock.advance(1_000)
  const last = open(0)
  waiting.splice(0, 1, announced[0]!)
  deliver(5, ({ kind }) => kind === 'tab')
  deliver(5, ({ from, kind }) => from === 0 && kind === 'tabAsked')
  // The answers are slow; meanwhile the other announcement comes.
  clock.advance(3_000)
  waiting.unshift(announced[1]!)
  deliver(5)
  expect(last.isOpen).toBe(true)
})
