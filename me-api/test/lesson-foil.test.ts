import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { foil, openFoil, said, stored } from './support/lesson.ts'
import { startProxy } from './support/proxy.ts'
import { api } from './support/rest.ts'
import { type TestApp, startApp, temporaryFolder } from './support/start-app.ts'
import { closedConnection, connect, eventually, visitor } from './support/visitors.ts'

const connectionsOf = ({ app }: TestApp): number => app.io.of('/lesson').sockets.size

describe('Socket.IO without a log', () => {
  test.each([['websocket'], ['polling']])(
    'a client over %s gets what is said from then on',
    async (transport) => {
      const app = await startApp()
      await said(app)
      const one = await openFoil(app, { transports: [transport] })
      const sent = await said(app, 20)
      await eventually(() => expect(one.messages).toEqual(sent))
    },
  )

  test('what is said while a client is away never reaches it', async () => {
    const app = await startApp()
    const one = await openFoil(app)
    one.socket.disconnect()
    await said(app, 5)
    one.socket.connect()
    await one.connected()
    const sent = await said(app)
    await eventually(() => expect(one.messages).toEqual(sent))
  })

  test('what is said in other rooms does not reach it', async () => {
    const app = await startApp()
    const one = await openFoil(app)
    const ada = await visitor(app, 'ada')
    await ada.send('hej')
    const sent = await said(app)
    await eventually(() => expect(one.messages).toEqual(sent))
  })

  test('whatever clients send is heard by nobody and harms nothing', async () => {
    const app = await startApp()
    const [one, other] = [await openFoil(app), await openFoil(app)]
    for (const event of ['message', 'message:send', 'error', 'room:enter', '__proto__'])
      one.socket.emit(event, { room: '~lesson', text: 'hej' }, Buffer.alloc(10))
    const sent = await said(app)
    await eventually(() => expect(one.messages).toEqual(sent))
    expect(other.messages).toEqual(sent)
    expect(await stored(app)).toEqual(sent)
  })

  test('one transport carries the chat and the lesson', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    const lesson = ada.socket.io.socket('/lesson')
    const heard: unknown[] = []
    lesson.on('message', (message) => heard.push(message))
    await once(lesson as never, 'connect')
    const sent = await said(app)
    await eventually(() => expect(heard).toEqual(sent))
    await ada.send('hej')
  })
})

describe('the limits of the lesson’s connections', () => {
  test('they count among the connections of an address, and come back by themselves', async () => {
    const app = await startApp({ settings: { LIMIT_CONNECTIONS: '2' } })
    const chat = await connect(app)
    const one = await openFoil(app)
    await closedConnection(app)
    await closedConnection(app, { namespace: '/lesson' })
    const waiting = foil(app, { reconnection: true })
    await once(waiting.socket.io as never, 'close')
    expect(waiting.errors).toEqual([])
    chat.socket.disconnect()
    await eventually(() => expect(waiting.socket.connected).toBe(true), 20_000)
    const sent = await said(app)
    await eventually(() => expect(waiting.messages).toEqual(sent))
    expect(one.messages).toEqual(sent)
  })

  test('a client that sends more than LIMIT_EVENTS allows is closed', async () => {
    const app = await startApp({ settings: { LIMIT_EVENTS: '10/10s' } })
    const one = await openFoil(app)
    const ended = once(one.socket as never, 'disconnect')
    for (let event = 0; event < 30; event++) one.socket.emit('message', event)
    expect(await ended).toMatchObject(['transport close', expect.anything()])
    await eventually(() => expect(connectionsOf(app)).toBe(0))
  })

  test('a transport that asks for many connections in one body gets one, and is closed', async () => {
    const app = await startApp()
    const path = '/socket.io/?EIO=4&transport=polling'
    const { text } = await api(app).get(path).expect(200)
    const { sid } = JSON.parse(text.slice(1)) as { sid: string }
    let opened = 0
    app.app.io.of('/lesson').on('connection', () => opened++)
    const body = Array(500).fill('40/lesson,').join('\u001e')
    await api(app).post(`${path}&sid=${sid}`).type('text/plain').send(body)
    await eventually(() => expect(connectionsOf(app)).toBe(0))
    expect(opened).toBe(1)
    await said(app)
  })

  test('a reader that does not drain its socket is dropped', async () => {
    const app = await startApp({ settings: { TRUST_PROXY: '1' } })
    const proxy = await startProxy(() => app.url)
    await openFoil(proxy)
    const sockets = app.app.io.of('/lesson').sockets
    proxy.freeze()
    // As after many messages: four megabytes that the network does not take.
    for (const socket of sockets.values()) socket.conn.write('4'.padEnd(4_000_000, ' '))
    await eventually(() => expect(connectionsOf(app)).toBe(0))
  })
})

describe('a restart', () => {
  test('closes the transport, so that a client comes back by itself, and loses what was said meanwhile', async () => {
    const folder = temporaryFolder()
    let app = await startApp({ folder })
    const proxy = await startProxy(() => app.url)
    const one = await openFoil(proxy, { reconnection: true })
    const before = await said(app)
    await eventually(() => expect(one.messages).toEqual(before))
    const ended = once(one.socket as never, 'disconnect')
    await app.close()
    expect(await ended).toMatchObject(['transport close', expect.anything()])
    app = await startApp({ folder })
    await eventually(() => expect(one.socket.connected).toBe(true), 20_000)
    const after = await said(app)
    await eventually(() => expect(one.messages).toEqual([...before, ...after]))
  })

  test('stores what was being said', async () => {
    const folder = temporaryFolder()
    const app = await startApp({ folder })
    const asked = Array.from({ length: 3 }, () => said(app, 20))
    await eventually(async () => expect((await stored(app)).length).toBeGreaterThan(0))
    await app.close()
    const answers = await Promise.allSettled(asked)
    const told = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    const next = await startApp({ folder })
    const kept = await stored(next)
    expect(kept).toEqual(expect.arrayContaining(told))
    expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, index) => index + 1))
  })
})
