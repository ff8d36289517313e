import { expect, test } from '@jest/globals'
import type { Message } from 'me-api/contract'
import { createNotifier } from '../src/chat/notifications/notifier.ts'
import { turnedClock } from './support/clock.ts'
import { message } from './support/messages.ts'

/** A background tab whose reader, Bo, wants all notifications; what differs is given. */
function teller(
  tab: { tells?: boolean; hidden?: boolean; seen?: number; sound?: boolean; notification?: boolean } = {},
) {
  const { clock, pass } = turnedClock()
  const heard = { tones: 0, shown: [] as Message[] }
  const closed: number[] = []
  const { notify, update } = createNotifier({
    clock,
    isNotifier: () => tab.tells ?? true,
    hidden: () => tab.hidden ?? true,
    readUpTo: () => tab.seen ?? 0,
    preferences: { sound: tab.sound ?? true, notification: tab.notification ?? true },
    nick: () => 'Bo',
    nicks: () => ['Bo', 'Bo Ek', 'Ada'],
    isMine: (id) => Promise.resolve(id === 'of-bo'),
    play: () => void heard.tones++,
    show: (message) => {
      heard.shown.push(message)
      return Promise.resolve(() => void closed.push(message.seq))
    },
  })
  return { tell: notify, update, heard, closed, pass: () => pass(1_000) }
}

test('a burst of messages makes one sound', async () => {
  const { tell, heard, pass } = teller()
  tell([message(1)])
  tell([message(2), message(3)])
  await pass()
  expect(heard).toEqual({ tones: 1, shown: [] })
})

test('the notifier shows the last mention or reply of a burst', async () => {
  const { tell, heard, pass } = teller({ sound: false })
  tell([message(1, { text: 'hej @bo' }), message(2)])
  await pass()
  tell([message(3), message(4, { replyTo: 'of-bo' }), message(5, { replyTo: 'of-ada' })])
  await pass()
  expect(heard.shown.map(({ seq }) => seq)).toEqual([1, 4])
  expect(heard.tones).toBe(0)
})

test('the notifier takes a mention as the log does: not in code, not in a link, and the longest nick', async () => {
  const { tell, heard, pass } = teller({ sound: false })
  const texts = ['`@bo`', '```\n@bo', '[x](https://a.b/@bo)', 'https://a.b/@bo', '@bo ek', '**@bo** or `@x`']
  for (const [index, text] of texts.entries()) {
    tell([message(index + 1, { text })])
    await pass()
  }
  expect(heard.shown.map(({ text }) => text)).toEqual(['**@bo** or `@x`'])
})

test('the notifier skips messages that another tab has shown meanwhile', async () => {
  const { tell, heard, pass } = teller({ seen: 1 })
  tell([message(1, { text: '@Bo' })])
  await pass()
  expect(heard).toEqual({ tones: 0, shown: [] })
})

test('a visible tab shows no notification, and a tab without the notifier lock stays silent', async () => {
  const inSight = teller({ hidden: false })
  inSight.tell([message(1, { text: '@Bo' })])
  await inSight.pass()
  expect(inSight.heard).toEqual({ tones: 1, shown: [] })
  const another = teller({ tells: false })
  another.tell([message(1, { text: '@Bo' })])
  await another.pass()
  expect(another.heard).toEqual({ tones: 0, shown: [] })
})

test.each([
  ['deleted', { text: '', deletedAt: '2026-01-01T00:00:00.000Z' }],
  ['edited', { text: 'something else' }],
])('a notification goes when its message is %s, and stays when another one is', async (_, change) => {
  const { tell, update, heard, closed, pass } = teller()
  tell([message(1, { text: '@Bo come here' })])
  await pass()
  expect(heard.shown).toHaveLength(1)
  update([message(1, { text: '@Bo come here', rev: 8 }), message(2, change)])
  expect(closed).toEqual([])
  update([message(1, { ...change, rev: 9 })])
  expect(closed).toEqual([1])
})

test('nobody is notified of a message that was deleted before the notification', async () => {
  const { tell, update, heard, pass } = teller()
  tell([message(1, { text: '@Bo come here' })])
  update([message(1, { text: '', deletedAt: '2026-01-01T00:00:00.000Z', rev: 9 })])
  await pass()
  expect(heard).toEqual({ tones: 0, shown: [] })
})

test('a notification shows the words as they are by then', async () => {
  const { tell, update, heard, pass } = teller()
  tell([message(1, { text: '@Bo come heer' })])
  update([message(1, { text: '@Bo come here', rev: 9 })])
  await pass()
  expect(heard.shown.map(({ text }) => text)).toEqual(['@Bo come here'])
})

test('a notification is closed when its author has left', async () => {
  const { tell, update, closed, pass } = teller()
  const said = message(1, { text: '@bo come here' })
  tell([said])
  await pass()
  update([{ ...said, rev: 8, reactions: { '👍': ['x'] } }])
  expect(closed).toEqual([])
  update([{ ...said, rev: 9, author: { ...said.author, nick: '' } }])
  expect(closed).toEqual([1])
})
