import { expect, test } from '@jest/globals'
import { nextTick, reactive, shallowRef } from 'vue'
import type { Connection } from '../src/chat/client/connection.ts'
import { keepOfflineLog } from '../src/chat/client/offline-log.ts'
import { applyChange, emptyLog, type MessageLog } from '../src/chat/client/message-log.ts'
import { turnedClock } from './support/clock.ts'
import { change, message, messages } from './support/messages.ts'
import { memoryStorage } from './support/storage.ts'

/** A tab whose room and connection are set by the test. */
function tab(storage = memoryStorage(), is: 'connecting' | 'offline' = 'connecting') {
  const { clock, pass } = turnedClock()
  const chat = {
    room: shallowRef('lobby'),
    log: shallowRef<MessageLog>(emptyLog),
    rooms: shallowRef<readonly { name: string }[]>([]),
    missing: shallowRef(false),
    connection: shallowRef<Connection>({ is }),
  }
  const kept = shallowRef<MessageLog>()
  let leave = () => {}
  keepOfflineLog({ chat: reactive({ ...chat, kept }), storage, clock, onLeaving: (call) => (leave = call) })
  const learn = async (...about: Parameters<typeof change>) => {
    chat.log.value = applyChange(chat.log.value, change(...about))!
    await nextTick()
  }
  return { chat, kept, storage, pass, learn, leave: () => leave() }
}

const latest = (to: number) => [0, to, { reset: true }] as const
/** The messages that a tab without a network shows. */
const readable = ({ storage }: { storage: ReturnType<typeof memoryStorage> }) =>
  tab(storage, 'offline').kept.value?.messages.map(({ text }) => text)

test('the last hundred messages are readable without a network', async () => {
  const ada = tab()
  await ada.learn(...latest(150))
  expect(readable(ada)).toEqual(messages(51, 150).map(({ text }) => text))
})

test('the offline log is shown only while reconnecting, until the room answers', async () => {
  const ada = tab()
  await ada.learn(...latest(3))
  const later = tab(ada.storage)
  expect(later.kept.value).toBeUndefined()
  later.chat.connection.value = { is: 'reconnecting', at: 0, attempt: 1 }
  await nextTick()
  expect(later.kept.value?.messages).toHaveLength(3)
  await later.learn(...latest(4))
  expect(later.kept.value).toBeUndefined()
})

test('new messages are saved for offline reading after ten seconds or when the page is left', async () => {
  const ada = tab()
  await ada.learn(...latest(1))
  await ada.learn(1, 2)
  expect(readable(ada)).toHaveLength(1)
  await ada.pass(10_000)
  expect(readable(ada)).toHaveLength(2)
  await ada.learn(2, 3)
  ada.leave()
  expect(readable(ada)).toHaveLength(3)
})

test('the text of a deleted message leaves the offline log at once', async () => {
  const ada = tab()
  await ada.learn(...latest(3))
  const gone = message(2, { rev: 4, text: '', deletedAt: '2026-03-03T12:00:00.000Z' })
  await ada.learn(3, 4, { messages: [gone] })
  expect(JSON.stringify(ada.storage.everything())).not.toContain('words 2')
})

test('the text before an edit leaves the offline log at once', async () => {
  const ada = tab()
  await ada.learn(...latest(3))
  await ada.learn(3, 4, { messages: [message(2, { rev: 4, text: 'corrected' })] })
  expect(JSON.stringify(ada.storage.everything())).not.toContain('words 2')
  expect(readable(ada)).toContain('corrected')
})

test('a removed room is not stored again when the page is left', async () => {
  const ada = tab()
  await ada.learn(...latest(3))
  await ada.learn(3, 4)
  ada.chat.missing.value = true
  ada.chat.rooms.value = [{ name: 'attic' }]
  await nextTick()
  ada.leave()
  expect(readable(ada)).toBeUndefined()
})

test('a tab that is behind does not write deleted text back to the offline log', async () => {
  const ada = tab()
  await ada.learn(...latest(3))
  const behind = tab(ada.storage)
  await behind.learn(...latest(3))
  await behind.learn(3, 4)
  const gone = message(2, { rev: 5, text: '', deletedAt: '2026-03-03T12:00:00.000Z' })
  await ada.learn(3, 5, { messages: [message(4), gone] })
  behind.leave()
  expect(JSON.stringify(ada.storage.everything())).not.toContain('words 2')
})

test('the offline log is cleared for a room that starts over or is removed', async () => {
  const ada = tab()
  await ada.learn(...latest(9))
  await ada.learn(0, 2, { reset: true, messages: [message(1, { text: 'new' })] })
  expect(readable(ada)).toEqual(['new'])
  ada.chat.rooms.value = [{ name: 'attic' }]
  await nextTick()
  expect(readable(ada)).toBeUndefined()
})

test('messages that a restored server has lost leave the offline log at once', async () => {
  const ada = tab()
  await ada.learn(...latest(5))
  const since = [message(1), message(2), message(3, { id: message(9).id, text: 'after the restore' })]
  await ada.learn(0, 2 ** 32 + 3, { reset: true, messages: since })
  expect(readable(ada)).toEqual(['words 1', 'words 2', 'after the restore'])
  expect(JSON.stringify(ada.storage.everything())).not.toContain('words 4')
  await ada.learn(0, 2 ** 33, { reset: true, messages: [] })
  expect(JSON.stringify(ada.storage.everything())).not.toContain('words 1')
})

test('the offline log survives invalid stored data and keeps only as many huge messages as fit', async () => {
  const ada = tab(memoryStorage({ 'me.chat.kept': '{' }))
  expect(readable(ada)).toBeUndefined()
  const huge = [1, 2, 3, 4].map((seq) => message(seq, { text: 'x'.repeat(40_000) }))
  await ada.learn(0, 4, { reset: true, messages: huge })
  expect(readable(ada)).toHaveLength(2)
})
