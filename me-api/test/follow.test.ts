import { expect, test } from '@jest/globals'
import type { Change } from '../src/contract/index.ts'
import { createLocalBus } from '../src/chat/log/bus.ts'
import { createFollower, createRoomListeners } from '../src/chat/log/follow.ts'
import { eventually } from './support/visitors.ts'

const change = (from: number, to: number, room = 'lobby'): Change => ({ room, from, to, messages: [] })
const spanOf = ({ from, to }: Change) => `${from}–${to}`

function follow(read: (after: number, change: Change) => Promise<Change>) {
  const told: string[] = []
  const faults: unknown[] = []
  const follower = createFollower({
    read,
    tell: (one) => void told.push(spanOf(one)),
    onFault: (error) => faults.push(error),
  })
  return { follower, told, faults }
}
const nothingToRead = (): Promise<Change> => Promise.reject(new Error('nothing is missing'))

test('a follower keeps changes offered before it begins, and leaves out those that its first read has brought', () => {
  const { follower, told } = follow(nothingToRead)
  follower.offer(change(4, 5))
  follower.offer(change(5, 7))
  expect(told).toEqual([])
  follower.begin(5)
  expect(told).toEqual(['5–7'])
})

test('a follower reads what is missing between its cursor and a change, and passes all on in order', async () => {
  const { follower, told } = follow(async (after) => change(after, 9))
  follower.begin(3)
  follower.offer(change(8, 9))
  follower.offer(change(9, 10))
  await eventually(() => expect(told).toEqual(['3–9', '9–10']))
})

test('a follower reads more pages until it has reached the change', async () => {
  const { follower, told } = follow(async (after) => change(after, after + 2))
  follower.begin(0)
  follower.offer(change(5, 6))
  await eventually(() => expect(told).toEqual(['0–2', '2–4', '4–6']))
})

test('a follower passes on the change itself when a read brings nothing new', async () => {
  const { follower, told } = follow(async () => change(0, 0))
  follower.begin(3)
  follower.offer(change(5, 6))
  await eventually(() => expect(told).toEqual(['5–6']))
})

test('a follower that fails to read reports it once and passes on nothing more', async () => {
  const { follower, told, faults } = follow(nothingToRead)
  follower.begin(3)
  follower.offer(change(5, 6))
  await eventually(() => expect(faults).toHaveLength(1))
  follower.offer(change(6, 7))
  expect(told).toEqual([])
})

test('a follower ended during a read passes on nothing more', async () => {
  const { follower, told } = follow(async (after) => change(after, 6))
  follower.begin(3)
  follower.offer(change(5, 6))
  follower.end()
  await new Promise((resolve) => setImmediate(resolve))
  expect(told).toEqual([])
})

test('a room listener receives changes of its own room until it stops, also beside a listener that throws', () => {
  const faults: unknown[] = []
  const bus = createLocalBus((error) => faults.push(error))
  const listen = createRoomListeners(bus, (error) => faults.push(error))
  const heard: string[] = []
  listen('lobby', () => {
    throw new Error('a listener fails')
  })
  const stop = listen('lobby', (one) => heard.push(spanOf(one)))
  bus.publish(change(0, 1))
  bus.publish(change(0, 1, 'attic'))
  stop()
  bus.publish(change(1, 2))
  expect(heard).toEqual(['0–1'])
  expect(faults).toHaveLength(2)
})
