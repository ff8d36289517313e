import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { api, ownerToken } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { type Visitor, connect, eventually, visitor } from './support/visitors.ts'

async function house() {
  const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
  const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
  await bo.enter()
  return { app, ada, bo, owner: await connect(app, { auth: { token: await ownerToken(app) } }) }
}

const failure = (code: string) => ({ ok: false, error: { code } })
const last = async ({ changes }: Visitor, to: number) =>
  eventually(() => {
    const change = changes.at(-1)
    expect(change?.to).toBe(to)
    return change!
  })
const storedText = async (app: TestApp, id: string) =>
  (await api(app).get(`/api/chat/messages/${id}`).expect(200)).body.data

describe('editing', () => {
  test('editing changes the text and time, and reaches every reader as the next change', async () => {
    const { app, ada, bo } = await house()
    const sent = await ada.send('helo')
    const edited = await ada.ask('message:edit', { id: sent.id, text: ' hello ' })
    expect(edited).toEqual({ ...sent, text: 'hello', rev: 2, editedAt: expect.stringMatching(/Z$/) })
    expect(await last(bo, 2)).toEqual({ room: 'lobby', from: 1, to: 2, messages: [edited] })
    expect(await storedText(app, sent.id)).toEqual(edited)
  })

  test('editing to the same text makes no new revision', async () => {
    const { ada } = await house()
    const sent = await ada.send('hello')
    expect(await ada.ask('message:edit', { id: sent.id, text: 'hello ' })).toEqual(sent)
    expect(await ada.send('next')).toMatchObject({ rev: 2 })
  })

  test('only the author can edit a message, not even the owner', async () => {
    const { ada, bo, owner } = await house()
    const { id } = await ada.send('mine')
    for (const other of [bo, owner]) {
      expect(await other.emit('message:edit', { id, text: 'x' })).toMatchObject(failure('FORBIDDEN'))
    }
  })

  test.each([
    [{ text: 'x' }, 'INVALID'],
    [{ id: 'no', text: 'x' }, 'INVALID'],
    [{ id: randomUUID(), text: ' ' }, 'INVALID'],
    [{ id: randomUUID(), text: 'x'.repeat(4_001) }, 'TOO_LONG'],
    [{ id: randomUUID(), text: 'x' }, 'NOT_FOUND'],
  ])('message:edit refuses %j', async (input, code) => {
    const { ada } = await house()
    expect(await ada.emit('message:edit', input)).toMatchObject(failure(code))
  })
})

describe('deleting', () => {
  test('deleting leaves a tombstone and removes the text everywhere', async () => {
    const { app, ada, bo } = await house()
    const sent = await ada.send('a secret elephant')
    await bo.ask('message:react', { id: sent.id, emoji: '🐘', on: true })
    const deleted = await ada.ask('message:delete', { id: sent.id })
    expect(deleted).toEqual({ ...sent, text: '', rev: 3, deletedAt: expect.stringMatching(/Z$/) })
    expect((await last(bo, 3)).messages).toEqual([deleted])
    expect(await storedText(app, sent.id)).toEqual(deleted)
    const found = await api(app).get('/api/chat/search?q=elephant').expect(200)
    expect(found.body.data.messages).toEqual([])
  })

  test('only the author and the owner can delete a message', async () => {
    const { ada, bo, owner } = await house()
    const { id } = await ada.send('mine')
    expect(await bo.emit('message:delete', { id })).toMatchObject(failure('FORBIDDEN'))
    expect(await owner.ask('message:delete', { id })).toMatchObject({ text: '' })
  })

  test('a deleted message refuses edits, deletions, reactions and replies', async () => {
    const { ada, bo } = await house()
    const { id } = await ada.send('mine')
    await ada.ask('message:delete', { id })
    expect(await ada.emit('message:edit', { id, text: 'x' })).toMatchObject(failure('NOT_FOUND'))
    expect(await ada.emit('message:delete', { id })).toMatchObject(failure('NOT_FOUND'))
    expect(await bo.emit('message:react', { id, emoji: '👍', on: true })).toMatchObject(failure('NOT_FOUND'))
    const reply = { room: 'lobby', id: randomUUID(), text: 'x', replyTo: id }
    expect(await bo.emit('message:send', reply)).toMatchObject(failure('NOT_FOUND'))
    expect(await ada.send({ id, text: 'again' })).toMatchObject({ text: '', deletedAt: expect.any(String) })
  })
})

describe('reacting', () => {
  test('reacting adds and removes a reaction, one of each emoji per person', async () => {
    const { ada, bo } = await house()
    const [a, b] = [ada, bo].map(({ welcome }) => welcome.self?.id)
    const { id } = await ada.send('look')
    const react = (by: Visitor, emoji: string, on: boolean) => by.ask('message:react', { id, emoji, on })
    expect(await react(ada, '👍', true)).toMatchObject({ rev: 2, reactions: { '👍': [a] } })
    expect(await react(ada, '👍', true)).toMatchObject({ rev: 2 })
    expect(await react(bo, '👍', true)).toMatchObject({ rev: 3, reactions: { '👍': [a, b] } })
    expect(await react(bo, '👩‍🚀', true)).toMatchObject({ rev: 4, reactions: { '👍': [a, b], '👩‍🚀': [b] } })
    expect(await react(ada, '👍', false)).toMatchObject({ rev: 5, reactions: { '👍': [b], '👩‍🚀': [b] } })
    await react(bo, '👍', false)
    const bare = await react(bo, '👩‍🚀', false)
    expect(bare).toMatchObject({ rev: 7 })
    expect(bare).not.toHaveProperty('reactions')
    expect(await react(bo, '👩‍🚀', false)).toMatchObject({ rev: 7 })
  })

  test('reacting treats a heart with and without its variation selector as one', async () => {
    const { ada } = await house()
    const { id } = await ada.send('look')
    const plain = await ada.ask('message:react', { id, emoji: '\u2764', on: true })
    expect(Object.keys(plain.reactions ?? {})).toEqual(['\u2764\ufe0f'])
    expect(await ada.ask('message:react', { id, emoji: '\u2764\ufe0f', on: true })).toEqual(plain)
  })

  test('a message has at most twenty kinds of reactions', async () => {
    const { ada } = await house()
    const { id } = await ada.send('look')
    const kinds = [
      '😀',
      '😁',
      '😂',
      '🤣',
      '😃',
      '😄',
      '😅',
      '😆',
      '😉',
      '😊',
      '😋',
      '😎',
      '😍',
      '😘',
      '🥰',
      '😗',
      '😙',
      '😚',
      '🙂',
      '🤗',
    ]
    for (const emoji of kinds) await ada.ask('message:react', { id, emoji, on: true })
    expect(await ada.emit('message:react', { id, emoji: '🤩', on: true })).toMatchObject(failure('INVALID'))
    expect(await ada.ask('message:react', { id, emoji: '😀', on: false })).toMatchObject({ id })
  })

  test.each(['', 'x', '👍👍', '🏻', '__proto__', 7])('reacting refuses %j as an emoji', async (emoji) => {
    const { ada } = await house()
    const { id } = await ada.send('look')
    expect(await ada.emit('message:react', { id, emoji, on: true })).toMatchObject(failure('INVALID'))
  })
})

test('simultaneous edits of one message are applied one after the other', async () => {
  const { ada, bo } = await house()
  const { id } = await ada.send('0')
  const edits = Array.from({ length: 20 }, (_, n) => ada.ask('message:edit', { id, text: `${n + 1}` }))
  const answers = (await Promise.all(edits)) as { rev: number; text: string }[]
  expect(answers.map(({ rev, text }) => [rev, text])).toEqual(answers.map((_, n) => [n + 2, `${n + 1}`]))
  const { messages } = await last(bo, 21)
  expect(messages).toMatchObject([{ rev: 21, text: '20' }])
})
