import { expect, test } from '@jest/globals'
import type { Person } from 'me-api/contract'
import { applyPresence, inOrder } from '../src/chat/client/presence-list.ts'

const person = (id: string, nick = id, role: Person['role'] = 'visitor'): Person => ({ id, nick, role })
const nicks = (people: Person[]) => people.map(({ nick }) => nick)

test('the presence list adds who joins once, removes who leaves and renames a known id', () => {
  const here = [person('a'), person('b'), person('c')]
  const joined = [person('d'), person('b', 'Bo')]
  expect(nicks(applyPresence(here, { joined, left: ['a'], total: 3 }))).toEqual(['c', 'd', 'Bo'])
})

test('the presence list shows the owner first, then people by nick in the language’s order', () => {
  const here = [person('1', 'Öst'), person('2', 'zon'), person('3', 'Åsa'), person('4', 'Me', 'owner')]
  expect(nicks(inOrder(here, 'sv'))).toEqual(['Me', 'zon', 'Åsa', 'Öst'])
})
