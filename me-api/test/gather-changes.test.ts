import { expect, test } from '@jest/globals'
import { gatherChanges } from '../src/chat/log/gather-changes.ts'
import type { Change, Message } from '../src/contract/index.ts'
import { eventually } from './support/visitors.ts'

const message = (id: string, rev: number) => ({ id, rev, room: 'lobby' }) as Message
const change = (from: number, to: number, room = 'lobby', id = `${to}`): Change => ({
  room,
  from,
  to,
  messages: [message(id, to)],
})
const spanOf = ({ room, from, to, messages }: Change) =>
  `${room} ${from}–${to}: ${messages.map(({ id, rev }) => `${id}@${rev}`).join(' ')}`

/** Passing on takes as long as writing to some hundred readers. */
function gather() {
  const told: string[] = []
  const gathered = gatherChanges((one) => {
    told.push(spanOf(one))
    for (const end = performance.now() + 4; performance.now() < end;);
  })
  /** What comes first is told at once; after the second, which is too, what comes is gathered for a while. */
  function busy(): void {
    gathered.heard(change(0, 1))
    gathered.heard(change(1, 2))
    expect(told.splice(0)).toEqual(['lobby 0–1: 1@1', 'lobby 1–2: 2@2'])
  }
  return { ...gathered, told, busy }
}

test('what other nodes commit at nearly one time reaches readers as one Change, in order', async () => {
  const { heard, told, busy } = gather()
  busy()
  for (const one of [change(3, 4), change(2, 3), change(0, 1, 'tea'), change(4, 5)]) heard(one)
  expect(told).toEqual([])
  await eventually(() => expect(told).toEqual(['tea 0–1: 1@1', 'lobby 2–5: 3@3 4@4 5@5']))
})

test('what this node commits waits for nothing, and takes along what it follows', () => {
  const { heard, committed, told, busy } = gather()
  busy()
  heard(change(2, 3))
  committed(change(3, 4))
  expect(told).toEqual(['lobby 2–4: 3@3 4@4'])
})

test('a message that was changed again is there once, and a gap stays one', () => {
  const { heard, committed, told, busy } = gather()
  busy()
  heard(change(2, 3, 'lobby', 'a'))
  heard(change(3, 4, 'lobby', 'b'))
  heard(change(4, 5, 'lobby', 'a'))
  heard({ room: 'lobby', from: 9, to: 9, messages: [] })
  committed(change(9, 10))
  expect(told).toEqual(['lobby 2–5: b@4 a@5', 'lobby 9–10: 10@10'])
})
