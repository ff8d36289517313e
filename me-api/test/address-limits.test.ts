import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Message } from '../src/contract/index.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { type Visitor, connect } from './support/visitors.ts'

const fast = { LIMIT_MESSAGES: '1000/10s', LIMIT_CONNECTIONS: 'off', LIMIT_JOINS: 'off', TRUST_PROXY: '1' }
const five = { ...fast, LIMIT_ADDRESS_MESSAGES: '5/10s' }
const tooFast = { ok: false, error: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) } }
const from = (address: string) => ({ 'x-forwarded-for': address })
const at = (app: TestApp, address: string, nick: string) =>
  connect(app, { auth: { nick }, headers: from(address) })
const say = (one: Visitor, text = `hej ${randomUUID()}`, id: string = randomUUID()) =>
  one.emit('message:send', { room: 'lobby', id, text })
const react = (one: Visitor, { id }: Pick<Message, 'id'>, emoji: string, on = true) =>
  one.emit('message:react', { id, emoji, on })
const tokenOf = ({ welcome }: Visitor) => bearer(welcome.token ?? '')

describe('message limit per address', () => {
  test('LIMIT_ADDRESS_MESSAGES counts sends, edits, reactions, nick changes and deletions of all visitors at one address', async () => {
    const app = await startApp({ settings: five })
    const [ada, bo, cy] = [
      await at(app, '192.0.2.1', 'Ada'),
      await at(app, '192.0.2.1', 'Bo'),
      await at(app, '192.0.2.2', 'Cy'),
    ]
    const { id } = await ada.send('hej')
    await react(bo, { id }, '👋')
    await ada.ask('message:edit', { id, text: 'hej hej' })
    await bo.setNick('Bodil')
    await ada.ask('message:delete', { id })
    expect(await say(ada)).toMatchObject(tooFast)
    expect(await say(bo)).toMatchObject(tooFast)
    expect(await react(bo, { id }, '👍')).toMatchObject(tooFast)
    expect(await bo.emit('message:edit', { id, text: 'x' })).toMatchObject(tooFast)
    expect(await bo.emit('message:delete', { id })).toMatchObject(tooFast)
    expect(await bo.emit('nick:set', { nick: 'Bosse' })).toMatchObject(tooFast)
    expect(await say(cy)).toMatchObject({ ok: true })
  })

  test('LIMIT_ADDRESS_MESSAGES counts writes and new identities over REST', async () => {
    const app = await startApp({ settings: five })
    const ada = await at(app, '192.0.2.1', 'Ada')
    const write = (address: string) =>
      api(app)
        .post('/api/chat/rooms/lobby/messages')
        .set({ ...tokenOf(ada), ...from(address) })
        .send({ text: `hej ${randomUUID()}` })
    const join = (nick: string) => api(app).post('/api/chat/visitors').set(from('192.0.2.1')).send({ nick })
    await join('script').expect(201)
    const { body } = await write('192.0.2.1').expect(201)
    const remove = () =>
      api(app)
        .delete(`/api/chat/messages/${(body as { data: Message }).data.id}`)
        .set({ ...tokenOf(ada), ...from('192.0.2.1') })
    await remove().expect(200)
    await say(ada)
    await say(ada)
    const { headers } = await write('192.0.2.1').expect(429)
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    await join('another').expect(429)
    await remove().expect(429)
    await write('192.0.2.9').expect(201)
  })

  test('LIMIT_ADDRESS_MESSAGES treats an IPv6 /64 as one address', async () => {
    const app = await startApp({ settings: five })
    const ada = await at(app, '2001:db8::1', 'Ada')
    const bo = await at(app, '2001:db8:0:0:ffff::2', 'Bo')
    const cy = await at(app, '2001:db8:0:1::1', 'Cy')
    for (let n = 0; n < 5; n++) await ada.send(`hej ${n}`)
    expect(await say(bo)).toMatchObject(tooFast)
    expect(await say(cy)).toMatchObject({ ok: true })
  })

  test('LIMIT_ADDRESS_MESSAGES lets a stored message id be repeated, and ignores writes refused by the writer’s own limit', async () => {
    const app = await startApp({ settings: { ...five, LIMIT_MESSAGES: '4/10s' } })
    const [ada, bo] = [await at(app, '192.0.2.1', 'Ada'), await at(app, '192.0.2.1', 'Bo')]
    const first = await ada.send('hej')
    for (let n = 0; n < 3; n++) await ada.send(`hej ${n}`)
    for (let n = 0; n < 3; n++) expect(await say(ada)).toMatchObject(tooFast)
    await bo.send('hej')
    expect(await say(bo)).toMatchObject(tooFast)
    expect(await say(ada, 'hej', first.id)).toMatchObject({ ok: true, data: { seq: first.seq } })
  })

  test('LIMIT_ADDRESS_MESSAGES spares the owner, and has no effect when it is off or client addresses are unknown', async () => {
    const app = await startApp({ settings: five })
    const headers = from('192.0.2.1')
    const owner = await connect(app, { auth: { token: await ownerToken(app) }, headers })
    for (let n = 0; n < 8; n++) await owner.send(`hej ${n}`)
    const unknown = await startApp({ settings: { ...five, TRUST_PROXY: '0' } })
    const off = await startApp({ settings: { ...five, LIMIT_ADDRESS_MESSAGES: 'off' } })
    for (const free of [unknown, off]) {
      const ada = await at(free, '192.0.2.1', 'Ada')
      for (let n = 0; n < 8; n++) await ada.send(`hej ${n}`)
    }
  })

  test('a visitor who keeps exceeding LIMIT_ADDRESS_MESSAGES is disconnected, and others at the address stay', async () => {
    const app = await startApp({ settings: five })
    const [ada, bo] = [await at(app, '192.0.2.1', 'Ada'), await at(app, '192.0.2.1', 'Bo')]
    const gone = ada.disconnected()
    for (let n = 0; n < 20; n++) ada.socket.emit('nick:set', { nick: `Ada ${n}` }, () => {})
    expect(await gone).toBe('transport close')
    expect(ada.notices).toMatchObject([{ code: 'SLOW_DOWN', retryAfter: expect.any(Number) }])
    expect(await say(bo)).toMatchObject(tooFast)
    expect(bo.notices).toEqual([])
  })
})

describe('byte limit for reactions and edits', () => {
  /** 12 kB of text. */
  const long = () => '雨'.repeat(3_900) + randomUUID()
  const usual = { ...fast, LIMIT_ADDRESS_MESSAGES: '100/10s' }

  test('reactions from one address cause at most 20,000 bytes a second to each reader', async () => {
    const clock = manualClock()
    const app = await startApp({ clock, settings: usual })
    const reader = await at(app, '192.0.2.9', 'Reader')
    const { id } = await reader.send(long())
    await reader.enter()
    const all = []
    for (let n = 0; n < 5; n++) all.push(await at(app, '192.0.2.1', `visitor ${n}`))
    const seconds = 20
    for (let second = 0; second < seconds; second++) {
      // One after the other, as those at once may share a Change.
      for (const one of all) await react(one, { id }, '👍', second % 2 === 0)
      clock.advance(1_000)
    }
    const bytes = Buffer.byteLength(JSON.stringify(reader.changes))
    expect(bytes).toBeLessThan(20_000 * seconds)
    expect(bytes).toBeGreaterThan(5_000 * seconds)
    // Somebody elsewhere has a budget of their own.
    const other = await at(app, '192.0.2.2', 'Other')
    expect(await react(other, { id }, '🎉')).toMatchObject({ ok: true })
  })

  test('reactions of one author are limited by bytes where client addresses are unknown', async () => {
    const clock = manualClock()
    const app = await startApp({ clock, settings: { ...usual, TRUST_PROXY: '0' } })
    const ada = await at(app, '192.0.2.1', 'Ada')
    const message = await ada.send(long())
    expect(await react(ada, message, '👍')).toMatchObject({ ok: true })
    const refusal = await react(ada, message, '🎉')
    expect(refusal).toMatchObject(tooFast)
    clock.advance(1_000 * (refusal as { error: { retryAfter: number } }).error.retryAfter)
    expect(await react(ada, message, '🎉')).toMatchObject({ ok: true })
  })

  test('the byte cost is zero without a change, small for a short message, and excludes the new text of an edit', async () => {
    const app = await startApp({ clock: manualClock(), settings: usual })
    const ada = await at(app, '192.0.2.1', 'Ada')
    const short = await ada.send('hej')
    for (const emoji of ['👍', '🎉', '👋', '🙂', '🌧️'])
      await ada.ask('message:react', { id: short.id, emoji, on: true })
    const message = await ada.send(long())
    for (let n = 0; n < 5; n++) await ada.ask('message:edit', { id: message.id, text: long() })
    const loved = await ada.send('hej')
    const emojis = [
      '😀',
      '😃',
      '😄',
      '😁',
      '😆',
      '😅',
      '🤣',
      '😂',
      '🙂',
      '🙃',
      '😉',
      '😊',
      '😇',
      '🥰',
      '😍',
      '🤩',
      '😘',
      '😗',
      '😚',
      '😙',
    ]
    const bo = await at(app, '192.0.2.2', 'Bo')
    const answers = []
    for (const emoji of emojis) answers.push(await react(bo, loved, emoji))
    expect(answers.at(-1)).toMatchObject({ ok: true })
    expect(await react(bo, loved, '😙')).toMatchObject({ ok: true })
    const edits = []
    for (let n = 0; n < 20; n++)
      edits.push(await ada.emit('message:edit', { id: loved.id, text: `hej ${n}` }))
    expect(edits[0]).toMatchObject({ ok: true })
    expect(edits.at(-1)).toMatchObject(tooFast)
  })

  test('the byte limit spares the owner, and is off when both message limits are off', async () => {
    const app = await startApp({ clock: manualClock(), settings: usual })
    const owner = await connect(app, { auth: { token: await ownerToken(app) } })
    const message = await owner.send(long())
    for (const emoji of ['👍', '🎉', '👋'])
      await owner.ask('message:react', { id: message.id, emoji, on: true })
    const free = await startApp({
      clock: manualClock(),
      settings: { ...usual, LIMIT_MESSAGES: 'off', LIMIT_ADDRESS_MESSAGES: 'off' },
    })
    const ada = await at(free, '192.0.2.1', 'Ada')
    const hers = await ada.send(long())
    for (const emoji of ['👍', '🎉', '👋']) await ada.ask('message:react', { id: hers.id, emoji, on: true })
  })
})
