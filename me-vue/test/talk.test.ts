import { describe, expect, test } from '@jest/globals'
import type { Message } from 'me-api/contract'
import { topicsOf, withChanges } from '../src/about/talk.ts'

const quote = { exact: 'the log', prefix: 'Why ', suffix: ' is' }
const other = { ...quote, exact: 'Redis' }
let seq = 0
const said = (id: string, more: Partial<Message> = {}): Message => ({
  id,
  room: 'lobby',
  seq: ++seq,
  rev: seq,
  author: { id: 'ada', nick: 'ada', role: 'visitor' },
  text: id,
  sentAt: new Date(1_750_000_000_000 + seq).toISOString(),
  ...more,
})
const about = (exact?: typeof quote) => ({ path: '/', title: 'Ada', ...(exact && { quote: exact }) })
const known = (...messages: Message[]) => withChanges(new Map(), messages)
const shown = (messages: ReadonlyMap<string, Message>) =>
  topicsOf(messages).map(({ quote, messages }) => [quote?.exact, ...messages.map(({ id }) => id)])

describe('what is said about a page', () => {
  test('is sorted by passages, with the answers and the answers to them, oldest first', () => {
    const messages = [
      said('q1', { about: about(quote) }),
      said('q2', { about: about(other) }),
      said('q3', { about: about() }),
      said('a1', { replyTo: 'q1' }),
      said('a2', { replyTo: 'a1' }),
      said('q4', { about: about(quote) }),
    ]
    expect(shown(known(...messages.toReversed()))).toEqual([
      ['the log', 'q1', 'a1', 'a2', 'q4'],
      ['Redis', 'q2'],
      [undefined, 'q3'],
    ])
  })

  test('has answers about the page as a whole where what they answer was deleted', () => {
    expect(shown(known(said('a', { replyTo: 'gone' })))).toEqual([[undefined, 'a']])
  })

  test('has an end where answers answer each other', () => {
    expect(shown(known(said('a', { replyTo: 'b' }), said('b', { replyTo: 'a' })))).toEqual([
      [undefined, 'a', 'b'],
    ])
  })

  test('keeps the newest state of a message, and none of a deleted one', () => {
    const first = said('q', { about: about(quote) })
    const edited = { ...first, rev: 90, text: 'edited' }
    const now = withChanges(withChanges(known(first), [edited]), [first])
    expect([...now.values()]).toEqual([edited])
    expect(withChanges(now, [{ ...first, rev: 91, deletedAt: first.sentAt }]).size).toBe(0)
  })
})
