import { expect, test } from '@jest/globals'
import { nicksOf } from '../src/chat/timeline/nicks-of.ts'
import { message } from './support/messages.ts'

test('who is here or spoke lately has a nick, who has left and who has none yet does not', () => {
  const by = (id: string, nick: string) => message(1, { author: { id, nick, role: 'member' } })
  const nicks = nicksOf(
    [by('ada', 'Ada'), by('gone', ''), by('bo', 'Bo')],
    [
      { id: 'bo', nick: 'Bo Ek', role: 'member' },
      { id: 'new', nick: null, role: 'visitor' },
    ],
  )
  expect([...nicks]).toEqual([
    ['ada', 'Ada'],
    ['bo', 'Bo Ek'],
  ])
})
