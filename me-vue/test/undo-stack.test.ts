import { describe, expect, test } from '@jest/globals'
import { createUndoStack } from '../src/chat/moderation/undo-stack.ts'
import { timelineItems } from '../src/chat/timeline/timeline-items.ts'
import { spanText, untilText } from '../src/chat/moderation/format-duration.ts'
import { undoSanction } from '../src/chat/moderation/undo-sanction.ts'
import { turnedClock } from './support/clock.ts'
import { message } from './support/messages.ts'

function hand() {
  const { clock, pass } = turnedClock()
  const done: string[] = []
  const { entries, add, forget, flush } = createUndoStack({
    clock,
    onFault: (error) => done.push(String(error)),
  })
  const does = (what: string) => async () => void done.push(what)
  const ban = (about: string) =>
    add({
      about,
      words: `${about} is banned`,
      undo: does(`forgave ${about}`),
      then: does(`erased ${about}`),
      atOnce: () => void done.push(`erased ${about} at once`),
    })
  const mute = (about: string) => add({ about, words: `${about} is muted`, undo: does(`forgave ${about}`) })
  const words = () => entries.value.map((entry) => entry.words)
  return { entries, add, forget, flush, ban, mute, done, words, pass }
}

describe('undo stack', () => {
  test('a ban can be undone for ten seconds, then its erasure is carried out', async () => {
    const { ban, done, words, pass } = hand()
    ban('Bo')
    await pass(9_999)
    expect([words(), done]).toEqual([['Bo is banned'], []])
    await pass(1)
    expect([words(), done]).toEqual([[], ['erased Bo']])
  })

  test('an undone ban is forgiven and its erasure never happens', async () => {
    const { entries, ban, done, words, pass } = hand()
    ban('Bo')
    await entries.value[0]!.undo()
    await pass(20_000)
    expect([words(), done]).toEqual([[], ['forgave Bo']])
  })

  test('a new action against the same person makes the earlier one final, and leaves those against others', async () => {
    const { ban, mute, done, words } = hand()
    ban('Bo')
    ban('Cy')
    mute('Bo')
    expect(done).toEqual(['erased Bo'])
    expect(words()).toEqual(['Cy is banned', 'Bo is muted'])
  })

  test('forgiving a person drops their waiting erasure', async () => {
    const { ban, forget, done, pass } = hand()
    ban('Bo')
    forget('Bo')
    await pass(20_000)
    expect(done).toEqual([])
  })

  test('leaving the page carries out a waiting erasure at once, and only once', async () => {
    const { ban, mute, flush, done, words, pass } = hand()
    ban('Bo')
    mute('Cy')
    flush()
    await pass(20_000)
    expect([words(), done]).toEqual([[], ['erased Bo at once']])
  })

  test('an undo that fails is reported', async () => {
    const { add, entries, done } = hand()
    const undo = () => Promise.reject(new Error('no network'))
    add({ about: 'Bo', words: '', undo })
    await entries.value[0]!.undo()
    expect(done).toEqual(['Error: no network'])
  })
})

describe('undoing a mute or a ban', () => {
  const now = Date.UTC(2026, 2, 3, 12)
  const none = { mutedUntil: null, bannedUntil: null, muteReason: null, banReason: null }
  const inMinutes = (minutes: number) => new Date(now + minutes * 60_000).toISOString()
  const back = (action: 'mute' | 'ban', before?: Partial<typeof none | Record<keyof typeof none, string>>) =>
    undoSanction({ id: 'bo', action }, before && { ...none, ...before }, now).map(
      ({ action, minutes = '', reason = '' }) => `${action} ${minutes} ${reason}`.trim(),
    )

  test('undoing a sanction forgives when no former sanction is known', () => {
    expect(back('mute', {})).toEqual(['forgive'])
    expect(back('ban')).toEqual(['forgive'])
  })

  test('undoing a sanction restores the former sanction for its remaining minutes', () => {
    expect(back('mute', { mutedUntil: inMinutes(59.2) })).toEqual(['mute 60'])
    expect(back('ban', { bannedUntil: inMinutes(1_440), mutedUntil: inMinutes(5) })).toEqual(['ban 1440'])
  })

  test('undoing a sanction restores a former sanction of the other kind', () => {
    expect(back('mute', { bannedUntil: inMinutes(90) })).toEqual(['forgive', 'ban 90'])
    expect(back('ban', { mutedUntil: inMinutes(0.1) })).toEqual(['forgive', 'mute 1'])
  })

  test('undoing a sanction restores the former reason', () => {
    const before = { mutedUntil: inMinutes(5), muteReason: 'too loud', banReason: 'long ago' }
    expect(back('mute', before)).toEqual(['mute 5 too loud'])
    expect(back('ban', before)).toEqual(['forgive', 'mute 5 too loud'])
  })

  test('undoing a sanction forgives when the former sanction has ended meanwhile', () => {
    expect(back('mute', { mutedUntil: inMinutes(0) })).toEqual(['forgive'])
  })
})

test('consecutive messages of ignored people collapse into one line', () => {
  const bo = { id: 'bo', nick: 'Bo', role: 'visitor' } as const
  const log = [message(1), message(2, { author: bo }), message(3, { author: bo }), message(4)]
  const nothing = { reactions: new Map(), edits: new Map(), removals: new Map() }
  const shown = (hidden: [string, string][]) =>
    timelineItems(log, [], null, nothing, new Map(hidden)).map(({ id, hidden }) => (hidden ? `(${id})` : id))
  expect(shown([])).toEqual(['m1', 'm2', 'm3', 'm4'])
  expect(shown([['bo', 'Bo']])).toEqual(['m1', '(m2)', 'm4'])
})

describe('the end of a sanction', () => {
  const now = new Date(2026, 10, 21, 9, 5)
  const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString()

  test('the end of a sanction is shown as a time today, a date, or a date with its year', () => {
    expect(untilText(at(2026, 10, 21, 14, 5), 'en', now)).toBe('14:05')
    expect(untilText(at(2026, 10, 22, 9, 5), 'en', now)).toBe('22 November at 09:05')
    expect(untilText(at(2027, 0, 2, 9, 5), 'en', now)).toBe('2 January 2027 at 09:05')
  })

  test('the end of a sanction is shown in the reader’s language', () => {
    expect(untilText(at(2026, 10, 22, 9, 5), 'sv', now)).toMatch(/^22 november/)
    expect(untilText(at(2026, 10, 22, 9, 5), 'nb', now)).toMatch(/^22\. november/)
  })
})

test('the length of a sanction is shown in its natural unit', () => {
  const spans = [10, 60, 90, 1_440, 4_320, 10_080, 43_200, 525_600].map((minutes) => spanText(minutes, 'en'))
  expect(spans).toEqual([
    '10 minutes',
    '1 hour',
    '90 minutes',
    '24 hours',
    '3 days',
    '1 week',
    '1 month',
    '1 year',
  ])
  expect(spanText(1_440, 'sv')).toBe('24 timmar')
})
