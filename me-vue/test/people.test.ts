import { expect, test } from '@jest/globals'
import type { Person } from 'me-api/contract'
import { applyPresence, inOrder } from '../src/chat/client/presence-list.ts'

const person = (id: string, nick = id, role: Person['role'] = 'visitor'): Person => ({ id, nick, role })
const nicks = (people: Person[]) => people.map(({ nick }) => nick)

test('who joins is there once, who leaves is gone, and a known id has a new nick', () => {
  const here = [person('a'), person('b'), person('c')]
  const joined = [person('d'), person('b', 'Bo')]
  expect(nicks(applyPresence(here, { joined, left: ['a'], total: 3 }))).toEqual(['c', 'd', 'Bo'])
})

test('the owner stands first, then all by nick as the language sorts them', () => {
  const here = [person('1', 'Öst'), person('2', 'zon'), person('3', 'Åsa'), person('4', 'Me', 'owner')]
  expect(nicks(inOrder(here, 'sv'))).toEqual(['Me', 'zon', 'Åsa', 'Öst'])
})
