import { expect, test } from '@jest/globals'
import type { Room } from 'me-api/contract'
import { sortRooms } from '../src/chat/rooms/sort-rooms.ts'
import { applyChange, emptyLog } from '../src/chat/client/message-log.ts'
import { hearOf, hearOfRooms, newsAmong, unreadByRoom } from '../src/chat/notifications/unread.ts'
import { change, message, messages } from './support/messages.ts'

const room = (name: string, seq: number, rev = seq): Room => ({
  name,
  title: name,
  locked: false,
  slowSeconds: 0,
  seq,
  rev,
})
const lobby = (to: number) => applyChange(emptyLog, change(0, to, { reset: true }))!
const here = (to: number, self?: string) => ({ room: 'lobby', log: lobby(to), self })

test('a room one is not in has as many unread as its seq is ahead of what was seen', () => {
  const heard = hearOfRooms(new Map(), [room('lobby', 4), room('den', 9)], true)
  const unread = unreadByRoom(heard, here(4), (name) => ({ lobby: 4, den: 6 })[name] ?? null)
  expect([...unread]).toEqual([
    ['lobby', 0],
    ['den', 3],
  ])
})

test('in the room one is in only what others wrote is unread', () => {
  const heard = hearOfRooms(new Map(), [room('lobby', 5)], true)
  expect(unreadByRoom(heard, here(5), () => 2).get('lobby')).toBe(3)
  expect(unreadByRoom(heard, here(5, 'ada'), () => 2).get('lobby')).toBe(0)
})

test('a room that one has never been in holds nothing unread', () => {
  const heard = hearOfRooms(new Map(), [room('den', 40)], true)
  expect(unreadByRoom(heard, here(0), () => null).get('den')).toBe(0)
})

test('what was heard does not go back when a late list of rooms says less', () => {
  const heard = hearOf(hearOfRooms(new Map(), [room('den', 3)], true), 'den', 5, 8)
  expect(hearOfRooms(heard, [room('den', 4)], false).get('den')).toEqual({ seq: 5, rev: 8 })
})

test('a welcome is the truth, also where it says less: it may be another database', () => {
  const heard = hearOfRooms(new Map(), [room('den', 30)], true)
  expect(hearOfRooms(heard, [room('den', 2)], true).get('den')).toEqual({ seq: 2, rev: 2 })
})

test('a room that was removed is not counted any more', () => {
  const heard = hearOfRooms(new Map(), [room('lobby', 1), room('den', 3)], true)
  expect([...hearOfRooms(heard, [room('lobby', 1)], false).keys()]).toEqual(['lobby'])
})

test('news are new messages of others, not edits of old ones, one’s own or what is deleted', () => {
  const changed = [...messages(1, 4), message(5, { deletedAt: message(5).sentAt, text: '' })]
  expect(newsAmong(changed, 2, 'bo').map(({ seq }) => seq)).toEqual([3, 4])
  expect(newsAmong(changed, 2, 'ada')).toEqual([])
})

test('the lobby stands first, then the rooms by their titles', () => {
  const rooms = [room('attic', 0), room('lobby', 0), { ...room('a', 0), title: 'Önskningar' }]
  expect(sortRooms(rooms, 'sv').map(({ name }) => name)).toEqual(['lobby', 'attic', 'a'])
})
