import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { manualClock } from './support/manual-clock.ts'
import { done, ownerAndAda } from './support/moderation.ts'
import { api } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { connect, eventually, leave } from './support/visitors.ts'

describe('erasing an author', () => {
  test('erasing an author deletes all their messages, and readers see it', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
    const { owner, ada, order } = await ownerAndAda(app)
    await owner.enter()
    for (let count = 0; count < 3; count++) await ada.send(`word ${count}`)
    const kept = await owner.send('kept')
    expect(await order('erase')).toEqual(done)
    await eventually(() => expect(owner.seen().filter(({ deletedAt }) => deletedAt)).toHaveLength(3))
    const { body } = await api(app).get('/api/chat/rooms/lobby/messages').expect(200)
    const texts = (body as { data: { messages: { text: string }[] } }).data.messages.map(({ text }) => text)
    expect(texts).toEqual(['', '', '', kept.text])
  })

  test('erasing a banned author also deletes messages that were on their way', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
    const { ada, order } = await ownerAndAda(app)
    const token = ada.welcome.token ?? ''
    for (let round = 0; round < 5; round++) {
      const writer = await connect(app, { auth: { token } })
      await writer.enter()
      const writing = (async () => {
        while (writer.socket.connected) {
          writer.socket.emit(
            'message:send',
            { room: 'lobby', id: crypto.randomUUID(), text: 'spam' },
            () => {},
          )
          await pause(5)
        }
      })()
      await eventually(() => expect(writer.seen().length).toBeGreaterThan(2))
      expect(await order('ban')).toEqual(done)
      expect(await order('erase')).toEqual(done)
      await writing
      const { body } = await api(app).get('/api/chat/search?q=spam').expect(200)
      expect(body.data.messages).toEqual([])
      await order('forgive')
    }
  })

  test('erasing an author removes their reactions and keeps those of others', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
    const { owner, ada, order } = await ownerAndAda(app)
    const { id } = await owner.send('liked by both')
    const { id: alone } = await owner.send('liked by ada')
    for (const emoji of ['👍', '🎉']) await ada.ask('message:react', { id, emoji, on: true })
    await ada.ask('message:react', { id: alone, emoji: '👍', on: true })
    await owner.ask('message:react', { id, emoji: '👍', on: true })
    await owner.enter()
    await order('erase')
    const stands = async (id: string) =>
      (await api(app).get(`/api/chat/messages/${id}`).expect(200)).body.data as object
    expect(await stands(id)).toMatchObject({
      text: 'liked by both',
      reactions: { '👍': [expect.anything()] },
    })
    expect(await stands(alone)).not.toHaveProperty('reactions')
    await eventually(() => expect(owner.seen().map(({ id }) => id)).toEqual([id, alone]))
  })

  test('erasing an author works in a locked room and after the author has left', async () => {
    const app = await startApp()
    const { owner, ada, order } = await ownerAndAda(app)
    const { id } = await ada.send('words')
    await leave(app, ada)
    await app.db.updateTable('rooms').set({ locked: 1 }).execute()
    await owner.enter()
    expect(await order('erase')).toEqual(done)
    await eventually(() => expect(owner.seen()).toMatchObject([{ id, text: '' }]))
  })

  test('erasing an author removes the text from the database files within a minute', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    if (app.kind !== 'sqlite') return
    const { ada, order } = await ownerAndAda(app)
    await ada.send('xylophonist')
    await ada.send('quagmire')
    const isInFiles = () =>
      readdirSync(app.folder)
        .filter((name) => name.startsWith('me.db'))
        .some((name) => /xylophonist|quagmire/.test(readFileSync(join(app.folder, name), 'latin1')))
    expect(isInFiles()).toBe(true)
    await order('erase')
    clock.advance(60_000)
    await eventually(() => expect(isInFiles()).toBe(false))
  })
})
