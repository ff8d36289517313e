import { describe, expect, test } from '@jest/globals'
import { holdDatabase } from './support/database.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, ownerToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { openStream } from './support/stream.ts'
import { eventually, visitor } from './support/visitors.ts'

describe('Server-Sent Events', () => {
  test('a stream sends each new change with its revision as id', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    await ada.send('before')
    const { answer, events } = await openStream(app)
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(answer.headers.get('x-request-id')).toBeTruthy()
    const sent = await ada.send('hej')
    await eventually(() => expect(events).toHaveLength(1))
    const data = { room: 'lobby', from: 1, to: 2, messages: [sent] }
    expect(events).toEqual([{ event: 'room:changed', id: '2', data }])
  })

  test('a stream begins after Last-Event-ID, which overrides ?after', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    const [, two, three] = [await ada.send('1'), await ada.send('2'), await ada.send('3')]
    const named = await openStream(app, '?after=0', { 'last-event-id': '2' })
    const asked = await openStream(app, '?after=1')
    await eventually(() => expect(named.seen()).toEqual([three]))
    await eventually(() => expect(asked.seen()).toEqual([two, three]))
    expect(asked.events.map(({ id }) => id)).toEqual(['3'])
  })

  test('a stream resets the reader for a cursor ahead of the room or an invalid id', async () => {
    const app = await startApp()
    const sent = await (await visitor(app, 'ada')).send('hej')
    const reset = { room: 'lobby', from: 0, to: 1, messages: [sent], reset: true }
    const ahead = await openStream(app, '?after=99')
    const nonsense = await openStream(app, '', { 'last-event-id': 'yesterday' })
    await eventually(() => expect(ahead.events.map(({ data }) => data)).toEqual([reset]))
    await eventually(() => expect(nonsense.events.map(({ data }) => data)).toEqual([reset]))
  })

  test('a stream misses nothing of a busy room, whenever it begins', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
    const ada = await visitor(app, 'ada')
    const sending = Promise.all(Array.from({ length: 60 }, (_, number) => ada.send(`number ${number}`)))
    const streams = await Promise.all([openStream(app, '?after=0'), openStream(app, '?after=0')])
    await sending
    for (const { seen, events } of streams) {
      await eventually(() => expect(seen().map(({ seq }) => seq)).toEqual(sequence(60)))
      for (const [index, { data }] of events.entries())
        expect(data.from).toBeLessThanOrEqual(events[index - 1]?.data.to ?? 0)
    }
  })

  test('a stream sends a keep-alive comment every 25 seconds', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const { lines } = await openStream(app)
    clock.advance(24_000)
    await (
      await openStream(app, '?after=7')
    ).answer
    expect(lines).toEqual([])
    clock.advance(1_000)
    await eventually(() => expect(lines).toEqual([':']))
  })

  test('a stream counts as a connection of its address', async () => {
    const app = await startApp({ settings: { LIMIT_CONNECTIONS: '2' } })
    const first = await openStream(app)
    await visitor(app, 'ada')
    const { body, headers } = await api(app).get('/api/chat/rooms/lobby/stream').expect(429)
    expect(body).toEqual(refusal(429, 'RATE_LIMITED'))
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    first.close()
    await eventually(async () => expect((await openStream(app)).answer.status).toBe(200))
  })

  test('a stream ends when its room is removed', async () => {
    const app = await startApp()
    const owner = bearer(await ownerToken(app))
    await api(app).post('/api/chat/rooms').set(owner).send({ name: 'attic', title: 'Attic' }).expect(201)
    const { isOver } = await openStream(app, '', {}, 'attic')
    await api(app).delete('/api/chat/rooms/attic').set(owner).expect(204)
    await eventually(() => expect(isOver()).toBe(true))
    const { body } = await api(app).get('/api/chat/rooms/attic/stream').expect(404)
    expect(body).toEqual(refusal(404, 'NOT_FOUND'))
  })

  test('a stream ends with a time to reconnect when the server stops', async () => {
    const app = await startApp()
    const { lines, isOver } = await openStream(app)
    await app.close()
    await eventually(() => expect(isOver()).toBe(true))
    expect(lines).toEqual([expect.stringMatching(/^retry: \d{4}$/)])
  })

  test('a stream whose first read is under way when the server stops ends with a time to reconnect', async () => {
    const room = trackReads()
    const app = await startApp({ mayRead: room.mayRead })
    if (app.kind !== 'sqlite') return
    const release = await holdDatabase(app)
    const opening = openStream(app)
    await eventually(() => expect(room.reads()).toBe(1))
    const closing = app.close()
    const { answer, lines, isOver } = await opening
    release()
    await closing
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
    await eventually(() => expect(isOver()).toBe(true))
    expect(lines).toEqual([expect.stringMatching(/^retry: \d{4}$/)])
  })

  test('a HEAD request for a stream ends at once, and an invalid cursor is refused', async () => {
    const app = await startApp()
    await api(app)
      .head('/api/chat/rooms/lobby/stream')
      .expect('content-type', /event-stream/)
      .expect(200)
    const { body } = await api(app).get('/api/chat/rooms/lobby/stream?after=x').expect(400)
    expect(body).toEqual(refusal(400, 'INVALID', '/after'))
  })
})

/** A read rule that counts how often it was asked. */
function trackReads() {
  let count = 0
  return { mayRead: () => ++count > 0, reads: () => count }
}

const sequence = (length: number): number[] => Array.from({ length }, (_, index) => index + 1)
