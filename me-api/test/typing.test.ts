import { describe, expect, test } from '@jest/globals'
import type { TypingChange } from '../src/contract/index.ts'
import { manualClock } from './support/manual-clock.ts'
import { startApp } from './support/start-app.ts'
import { type Visitor, connect, eventually, visitor } from './support/visitors.ts'

describe('typing', () => {
  const heardBy = (one: Visitor): TypingChange[] => {
    const heard: TypingChange[] = []
    one.socket.on('typing:changed', (change) => heard.push(change))
    return heard
  }

  test('typing is shown in the room and expires after five seconds', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    await bo.enter()
    const heard = heardBy(bo)
    await ada.ask('typing:set', { room: 'lobby', on: true })
    clock.advance(0)
    await eventually(() => expect(heard).toEqual([{ room: 'lobby', nicks: ['ada'] }]))
    clock.advance(4_900)
    await ada.ask('typing:set', { room: 'lobby', on: true })
    clock.advance(4_900)
    expect(heard).toHaveLength(1)
    clock.advance(1_000)
    await eventually(() => expect(heard.at(-1)).toEqual({ room: 'lobby', nicks: [] }))
  })

  test('typing ends when the message is sent', async () => {
    const app = await startApp()
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    await bo.enter()
    const heard = heardBy(bo)
    await ada.ask('typing:set', { room: 'lobby', on: true })
    await eventually(() => expect(heard).toHaveLength(1))
    await ada.send('hej')
    await eventually(() => expect(heard.at(-1)).toEqual({ room: 'lobby', nicks: [] }))
  })

  test('typing ends when the visitor disconnects', async () => {
    const app = await startApp()
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    await bo.enter()
    const heard = heardBy(bo)
    await ada.ask('typing:set', { room: 'lobby', on: true })
    await eventually(() => expect(heard).toHaveLength(1))
    ada.socket.disconnect()
    await eventually(() => expect(heard.at(-1)).toEqual({ room: 'lobby', nicks: [] }))
  })

  test('typing needs a nick and an existing room', async () => {
    const app = await startApp()
    const reader = await connect(app)
    const ada = await visitor(app, 'ada')
    expect(await reader.emit('typing:set', { room: 'lobby', on: true })).toMatchObject({
      error: { code: 'NICK_REQUIRED' },
    })
    expect(await ada.emit('typing:set', { room: 'attic', on: true })).toMatchObject({
      error: { code: 'NOT_FOUND' },
    })
    expect(await ada.emit('typing:set', { room: 'lobby' })).toMatchObject({ error: { code: 'INVALID' } })
  })
})
