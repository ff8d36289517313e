import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import type { Change } from '../src/contract/index.ts'
import { manualClock } from './support/manual-clock.ts'
import { plainSocket } from './support/plain-websocket.ts'
import { api, bearer, memberToken, ownerToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

const ok = (data: unknown) => ({ ok: true, data })
const refused = (code: string) => ({ ok: false, error: expect.objectContaining({ code }) })
const draft = (text: string) => ({ room: 'lobby', id: randomUUID(), text })

describe('plain WebSocket', () => {
  test('a plain WebSocket is welcomed, enters, writes and receives changes, as any other client', async () => {
    const app = await startApp()
    const bo = await visitor(app, 'bo')
    await bo.enter()
    const ada = plainSocket(app, '?nick=Ada')
    expect(await ada.welcome()).toMatchObject({ self: { nick: 'Ada', role: 'visitor' }, total: 2 })
    const entered = await ada.ask<Change>('room:enter', { room: 'lobby', after: null })
    expect(entered).toEqual(ok({ room: 'lobby', from: 0, to: 0, messages: [], reset: true }))
    const sent = await ada.ask('message:send', draft('hej "du" {}[]\n'))
    expect(sent).toEqual(ok(expect.objectContaining({ text: 'hej "du" {}[]', seq: 1 })))
    await eventually(() => expect(bo.seen()).toHaveLength(1))
    const answer = await bo.send('hallå')
    await eventually(() => expect(ada.changes().flatMap(({ messages }) => messages)).toContainEqual(answer))
    expect(ada.changes()).toEqual(bo.changes)
  })

  test('a plain WebSocket identifies its user by token, cookie or nick, or is a reader', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const first = plainSocket(app, '?nick=Bo')
    const bo = await first.welcome()
    expect((await plainSocket(app, `?token=${bo.token}`).welcome()).self).toEqual(bo.self)
    expect((await plainSocket(app, `?token=${token}&nick=x`).welcome()).self).toMatchObject({
      role: 'member',
    })
    const byCookie = await plainSocket(app, '', { cookie: `me_session=${token}` }).welcome()
    expect(byCookie).toMatchObject({ self: { nick: 'Ada' }, token: null })
    const reading = plainSocket(app, '?reader=true', { cookie: `me_session=${token}` })
    expect((await reading.welcome()).self).toBeNull()
    expect(await reading.ask('room:enter', { room: 'lobby', after: null })).toMatchObject({ ok: true })
    const reader = plainSocket(app)
    expect(await reader.welcome()).toMatchObject({ self: null, token: null })
    expect(await reader.ask('message:send', draft('hej'))).toEqual(refused('NICK_REQUIRED'))
    expect(await reader.ask('nick:set', { nick: 'Cy' })).toMatchObject({ data: { self: { nick: 'Cy' } } })
  })

  test.each([
    ['?token=x', {}, 4401, 'TOKEN_INVALID'],
    ['?nick=%E2%80%8B', {}, 4400, 'NICK_INVALID'],
    ['?nick=ADA', {}, 4409, 'NICK_TAKEN'],
    ['?nick=Zed', { origin: 'https://elsewhere.example' }, 4403, 'FORBIDDEN'],
  ])('a plain WebSocket with %s %j is closed with %i %s', async (query, headers, code, reason) => {
    const app = await startApp()
    await visitor(app, 'ada')
    const { closed, frames } = plainSocket(app, query, headers as Record<string, string>)
    expect(await closed).toEqual({ code, reason })
    expect(frames).toEqual([])
  })

  test('a plain WebSocket counts towards LIMIT_CONNECTIONS', async () => {
    const app = await startApp({ settings: { LIMIT_CONNECTIONS: '1' } })
    const first = plainSocket(app)
    await first.welcome()
    expect(await plainSocket(app).closed).toEqual({ code: 1012, reason: 'RATE_LIMITED' })
    first.ws.close()
    await first.closed
    await eventually(() => plainSocket(app).welcome())
  })

  test('a plain WebSocket is closed with 1012 while the database fails', async () => {
    const app = await startApp()
    for (const [table, query] of [
      ['rooms', ''],
      ['visitors', '?nick=Ada'],
    ] as const) {
      await sql`alter table ${sql.table(table)} rename to away`.execute(app.db)
      expect(await plainSocket(app, query).closed).toEqual({ code: 1012, reason: 'UNAVAILABLE' })
      await sql`alter table away rename to ${sql.table(table)}`.execute(app.db)
    }
  })

  test('a plain WebSocket may send before its welcome, and is answered in order', async () => {
    const app = await startApp()
    const { ws, say, frames } = plainSocket(app, '?nick=Ada')
    await new Promise((resolve) => ws.once('open', resolve))
    for (const ack of ['a', 'b', 3]) say({ event: 'message:send', data: draft(String(ack)), ack })
    await eventually(() => expect(frames.flatMap(({ ack }) => ack ?? [])).toEqual(['a', 'b', 3]))
    expect(frames[0]).toMatchObject({ event: 'welcome' })
    expect(frames.flatMap(({ ack, data }) => (ack ? (data as { data: unknown }).data : []))).toEqual(
      [1, 2, 3].map((seq) => expect.objectContaining({ seq })),
    )
  })

  test('a plain WebSocket gets INVALID for malformed frames and unknown events, and stays open', async () => {
    const app = await startApp()
    const ada = plainSocket(app, '?nick=Ada')
    await ada.welcome()
    const nonsense = ['', 'hej', '[]', '7', 'null', '{"event":7}', '{"ack":7}', '{"event":"x","ack":{}}']
    for (const text of nonsense) ada.say(text)
    ada.ws.send(Buffer.from('{"event":"room:leave"}'))
    await eventually(() => expect(ada.frames.filter(({ ack }) => ack === null)).toHaveLength(9))
    expect(ada.frames.find(({ ack }) => ack === null)?.data).toEqual(refused('INVALID'))
    for (const event of ['disconnect', 'connect', '__proto__', 'nothing', ''])
      expect(await ada.ask(event, {})).toEqual(refused('INVALID'))
    expect(await ada.ask('room:leave')).toEqual(refused('INVALID'))
    ada.say({ event: 'message:send', data: draft('without an ack') })
    await eventually(async () =>
      expect(await ada.ask('room:enter', { room: 'lobby', after: 0 })).toMatchObject({ data: { to: 1 } }),
    )
  })

  test('a plain WebSocket that sends a frame over 64 KiB is closed', async () => {
    const app = await startApp()
    const ada = plainSocket(app, '?nick=Ada')
    await ada.welcome()
    ada.say({ event: 'message:send', data: draft('x'.repeat(70_000)) })
    expect((await ada.closed).code).toBe(1009)
  })

  test('a plain WebSocket receives presence, typing, room updates and the restart notice', async () => {
    const app = await startApp()
    const ada = plainSocket(app, '?nick=Ada')
    await ada.welcome()
    await ada.ask('room:enter', { room: 'lobby', after: null })
    const bo = await visitor(app, 'bo')
    await bo.ask('typing:set', { room: 'lobby', on: true })
    await eventually(() => expect(ada.heard('typing:changed')).toEqual([{ room: 'lobby', nicks: ['bo'] }]))
    await eventually(() =>
      expect(ada.heard('presence:changed')).toContainEqual(
        expect.objectContaining({ joined: [expect.objectContaining({ nick: 'bo' })], total: 2 }),
      ),
    )
    const owner = bearer(await ownerToken(app))
    await api(app).patch('/api/chat/rooms/lobby').set(owner).send({ title: 'Hall' }).expect(200)
    await eventually(() => expect(ada.heard('room:updated')).toHaveLength(1))
    await app.close()
    expect(ada.heard('notice')).toEqual([expect.objectContaining({ code: 'RESTARTING' })])
    expect(await ada.closed).toEqual({ code: 1012, reason: 'RESTARTING' })
  })

  test('a plain WebSocket is closed when its tab reconnects, its session ends or its user is banned', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const first = plainSocket(app, `?token=${token}&tab=one`)
    await first.welcome()
    const second = plainSocket(app, `?token=${token}&tab=one`)
    await second.welcome()
    expect((await first.closed).code).toBe(1000)
    await api(app).post('/api/logout').set(bearer(token)).expect(204)
    expect((await second.closed).code).toBe(1000)
    const owner = await connect(app, { auth: { token: await ownerToken(app) } })
    const cy = plainSocket(app, '?nick=Cy')
    const { self } = await cy.welcome()
    await owner.ask('visitor:moderate', { id: self!.id, action: 'ban', minutes: 1 })
    expect(await cy.closed).toEqual({ code: 4403, reason: 'BANNED' })
  })

  test('a plain WebSocket that answers no ping is disconnected', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const ada = plainSocket(app, '?nick=Ada')
    await ada.welcome()
    const pinged = new Promise((resolve) => ada.ws.once('ping', resolve))
    clock.advance(10_000)
    await pinged
    await api(app).get('/api/chat/rooms').expect(200)
    ada.ws.pause()
    clock.advance(10_000)
    clock.advance(8_000)
    await eventually(() => expect(app.app.io.of('/chat').sockets.size).toBe(0))
  })

  test('a request for the plain WebSocket without an upgrade answers 400 with an Upgrade header', async () => {
    const app = await startApp()
    const { body, headers } = await api(app).get('/api/chat/socket').expect(400)
    expect(body).toEqual(refusal(400, 'INVALID'))
    expect(headers['upgrade']).toBe('websocket')
    await api(app).post('/api/chat/socket').expect(405).expect('allow', 'GET, HEAD')
  })
})
