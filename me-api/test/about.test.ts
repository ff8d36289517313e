import { describe, expect, test } from '@jest/globals'
import type { AboutChange, AboutPage, Message } from '../src/contract/index.ts'
import type { ReadRule } from '../src/chat/rooms/read-rule.ts'
import { connected, describeNodes, startNodes } from './support/nodes.ts'
import { api, bearer, ownerToken, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { openEvents } from './support/stream.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

const quote = { exact: 'the log is the truth', prefix: 'Why ', suffix: ', and Redis' }
const path = '/reports/week/4'

async function startWithReport(options = {}) {
  const app = await startApp(options)
  const token = await ownerToken(app)
  const report = { week: 4, title: 'The log', text: 'Why the log is the truth, and Redis only wakes.' }
  await api(app).post('/api/reports').set(bearer(token)).send(report).expect(201)
  return { app, token }
}

async function about(app: TestApp, more = '', token = ''): Promise<AboutPage> {
  const headers = token ? bearer(token) : {}
  const { body } = await api(app).get(`/api/chat/about?path=${path}${more}`).set(headers).expect(200)
  return (body as { data: AboutPage }).data
}

const textsOf = ({ messages }: { messages: Message[] }) => messages.map(({ text }) => text)

describe('messages about a page', () => {
  test('a message names a page and a passage, with the title that the page has then', async () => {
    const { app, token } = await startWithReport()
    const ada = await visitor(app, 'ada')
    const sent = await ada.send({ text: 'Why not Kafka?', about: { path, quote } })
    expect(sent.about).toEqual({ path, title: 'The log', quote })
    await api(app)
      .put(`/api${path}`)
      .set(bearer(token))
      .send({ week: 4, title: 'Another title', text: 'Another text.' })
      .expect(200)
    const page = await about(app)
    expect(page).toEqual({ messages: [sent], more: false, counts: { total: 1 } })
    const reader = await connect(app)
    expect((await reader.enter()).messages).toEqual([sent])
  })

  test('over REST a message is about home as a whole', async () => {
    const { app } = await startWithReport()
    const token = (await visitor(app, 'ada')).welcome.token!
    const { body } = await api(app)
      .post('/api/chat/rooms/lobby/messages')
      .set(bearer(token))
      .send({ text: 'Hello', about: { path: '/' } })
      .expect(201)
    expect((body as { data: Message }).data.about).toEqual({ path: '/', title: 'Your Name' })
  })

  test('the talk about a page has the answers, and the answers to them, newest first and in pages', async () => {
    const { app } = await startWithReport()
    const ada = await visitor(app, 'ada')
    const bo = await visitor(app, 'bo')
    const question = await ada.send({ text: 'Why?', about: { path, quote } })
    await bo.send('Something else')
    const answer = await bo.send({ text: 'Because.', replyTo: question.id })
    await ada.send({ text: 'I see.', replyTo: answer.id })
    expect(textsOf(await about(app))).toEqual(['I see.', 'Because.', 'Why?'])
    const first = await about(app, '&limit=2')
    expect(first).toMatchObject({ more: true, counts: { total: 3 } })
    const rest = await about(app, `&limit=2&before=${first.messages[1]!.id}`)
    expect([textsOf(rest), rest.more]).toEqual([['Why?'], false])
  })

  test('a deleted message loses its passage, and its answers stay with the page', async () => {
    const { app } = await startWithReport()
    const ada = await visitor(app, 'ada')
    const question = await ada.send({ text: 'Why?', about: { path, quote } })
    await ada.send({ text: 'Because.', replyTo: question.id })
    const { about: gone } = await ada.ask('message:delete', { id: question.id })
    expect(gone).toBeUndefined()
    expect(await about(app)).toMatchObject({ messages: [{ text: 'Because.' }], counts: { total: 1 } })
  })

  test('an edit leaves what the message is about', async () => {
    const { app } = await startWithReport()
    const ada = await visitor(app, 'ada')
    const { id, about: place } = await ada.send({ text: 'Wy?', about: { path, quote } })
    expect((await ada.ask('message:edit', { id, text: 'Why?' })).about).toEqual(place)
  })

  test('rooms that one may not read are not part of the talk', async () => {
    const mayRead: ReadRule = (by, room) => room === 'lobby' || by?.role === 'owner'
    const { app, token } = await startWithReport({ mayRead })
    await api(app).post('/api/chat/rooms').set(bearer(token)).send({ name: 'den', title: 'Den' }).expect(201)
    await api(app)
      .post('/api/chat/rooms/den/messages')
      .set(bearer(token))
      .send({ text: 'Between us', about: { path } })
      .expect(201)
    expect(await about(app)).toEqual({ messages: [], more: false, counts: { total: 0 } })
    expect(textsOf(await about(app, '', token))).toEqual(['Between us'])
  })

  test.each([
    ['a page that is not there', { path: '/reports/week/5' }, '/about/path'],
    ['another site', { path: 'https://example.org/' }, '/about/path'],
    ['another path of this site', { path: '/chat' }, '/about/path'],
    ['a week in another spelling', { path: '/reports/week/04' }, '/about/path'],
    ['no path', { quote }, '/about/path'],
    ['an empty passage', { path, quote: { exact: ' ' } }, '/about/quote/exact'],
    ['a passage of 301 characters', { path, quote: { exact: '🦊'.repeat(301) } }, '/about/quote/exact'],
    ['a long prefix', { path, quote: { ...quote, prefix: 'x'.repeat(33) } }, '/about/quote/prefix'],
    ['a list', [path], '/about'],
    ['a text', path, '/about'],
  ])('a message about %s is refused', async (_, place, pointer) => {
    const { app } = await startWithReport()
    const token = (await visitor(app, 'ada')).welcome.token!
    const { body } = await api(app)
      .post('/api/chat/rooms/lobby/messages')
      .set(bearer(token))
      .send({ text: 'Hello', about: place })
      .expect(400)
    expect(body).toEqual(refusal(400, 'INVALID', pointer))
  })

  test('a passage of 300 characters outside the basic plane, with markup and line breaks, comes back as it was', async () => {
    const { app } = await startWithReport()
    const exact = '</script>\u2028\n'.padEnd(40, ' ') + '🦊'.repeat(260)
    const place = { path, quote: { exact, prefix: '<!--', suffix: '"$&' } }
    const sent = await (await visitor(app, 'ada')).send({ text: 'Hm', about: place })
    expect(sent.about).toEqual({ ...place, title: 'The log' })
  })

  test('a repeated message is the stored one, even once its page is gone', async () => {
    const { app, token } = await startWithReport()
    const ada = await visitor(app, 'ada')
    const sent = await ada.send({ text: 'Why?', about: { path, quote } })
    await api(app).delete(`/api${path}`).set(bearer(token)).expect(204)
    expect(await ada.send({ text: 'Why?', id: sent.id, about: { path, quote } })).toEqual(sent)
    expect(textsOf(await about(app))).toEqual(['Why?'])
  })

  test('a path that is none, and an unknown message, are refused', async () => {
    const { app } = await startWithReport()
    await api(app).get('/api/chat/about?path=/chat').expect(400)
    await api(app).get('/api/chat/about').expect(400)
    await api(app).get(`/api/chat/about?path=/&before=${crypto.randomUUID()}`).expect(404)
  })
})

const changesOf = ({ events }: Awaited<ReturnType<typeof openEvents>>) =>
  events.filter(({ event }) => event === 'about:changed').map(({ data }) => data as AboutChange)
const readersOf = ({ events }: Awaited<ReturnType<typeof openEvents>>) =>
  (events.findLast(({ event }) => event === 'readers')?.data as { count: number }).count

describe('the stream of a page', () => {
  test('a stream tells what is said, answered, edited and deleted about its page, and nothing else', async () => {
    const { app } = await startWithReport()
    const ada = await visitor(app, 'ada')
    const earlier = await ada.send({ text: 'Earlier', about: { path } })
    const stream = await openEvents(app, `/chat/about/stream?path=${path}`)
    const question = await ada.send({ text: 'Why?', about: { path, quote } })
    await ada.send({ text: 'About home', about: { path: '/' } })
    await ada.send('About nothing')
    const answer = await ada.send({ text: 'Because.', replyTo: earlier.id })
    const edited = await ada.ask('message:edit', { id: answer.id, text: 'Because!' })
    const deleted = await ada.ask('message:delete', { id: question.id })
    await eventually(() =>
      expect(changesOf(stream).flatMap(({ messages }) => messages)).toEqual([
        question,
        answer,
        edited,
        deleted,
      ]),
    )
    expect(stream.events.every(({ id }) => id === '')).toBe(true)
  })

  test('a stream counts the readers who let themselves be counted', async () => {
    const { app } = await startWithReport()
    const one = await openEvents(app, `/chat/about/stream?path=${path}&count=1`)
    await eventually(() => expect(readersOf(one)).toBe(1))
    const two = await openEvents(app, `/chat/about/stream?path=${path}&count=1`)
    const silent = await openEvents(app, `/chat/about/stream?path=${path}&count=0`)
    await eventually(() => expect([one, two, silent].map(readersOf)).toEqual([2, 2, 2]))
    two.close()
    await eventually(() => expect(readersOf(silent)).toBe(1))
  })

  test('rooms that one may not read are not part of a stream', async () => {
    const mayRead: ReadRule = (by, room) => room === 'lobby' || by?.role === 'owner'
    const { app, token } = await startWithReport({ mayRead })
    await api(app).post('/api/chat/rooms').set(bearer(token)).send({ name: 'den', title: 'Den' }).expect(201)
    const [everybodys, owners] = [
      await openEvents(app, `/chat/about/stream?path=${path}`),
      await openEvents(app, `/chat/about/stream?path=${path}`, { ...bearer(token) }),
    ]
    const say = (room: string) =>
      api(app)
        .post(`/api/chat/rooms/${room}/messages`)
        .set(bearer(token))
        .send({ text: room, about: { path } })
        .expect(201)
    await say('den')
    await say('lobby')
    const heard = (stream: typeof owners) => changesOf(stream).flatMap(textsOf)
    await eventually(() => expect(heard(owners)).toEqual(['den', 'lobby']))
    await eventually(() => expect(heard(everybodys)).toEqual(['lobby']))
  })

  test('streams of pages have a ceiling of their own, and count among no connections', async () => {
    const { app } = await startWithReport({ settings: { LIMIT_CONNECTIONS: '1' } })
    const open = () => openEvents(app, `/chat/about/stream?path=${path}`)
    const streams = await Promise.all(Array.from({ length: 40 }, open))
    expect(streams.every(({ answer }) => answer.status === 200)).toBe(true)
    expect((await open()).answer.status).toBe(429)
    await connect(app)
    streams[0]!.close()
    await eventually(async () => expect((await open()).answer.status).toBe(200))
  })

  test('a page that is not there has no stream', async () => {
    const { app } = await startWithReport()
    const { answer } = await openEvents(app, '/chat/about/stream?path=/reports/week/5')
    expect(answer.status).toBe(400)
  })

  test('a stopping server ends the streams, each with a time to come back', async () => {
    const { app } = await startWithReport()
    const stream = await openEvents(app, `/chat/about/stream?path=${path}`)
    await app.close()
    await eventually(() => expect(stream.isOver()).toBe(true))
    expect(stream.lines.at(-1)).toMatch(/^retry: \d+$/)
  })
})

describeNodes('a page that is read on two nodes', () => {
  test('both hear what is said about it, and count the readers of both', async () => {
    const [one, other] = await startNodes()
    await connected(one!, other!)
    const read = (node: TestApp) => openEvents(node, '/chat/about/stream?path=/&count=1')
    const streams = [await read(one!), await read(other!)]
    const question = await (await visitor(one!, 'ada')).send({ text: 'Why?', about: { path: '/' } })
    const answer = await (await visitor(other!, 'bo')).send({ text: 'Because.', replyTo: question.id })
    for (const stream of streams) {
      await eventually(() =>
        expect(changesOf(stream).flatMap(({ messages }) => messages)).toEqual([question, answer]),
      )
      await eventually(() => expect(readersOf(stream)).toBe(2))
    }
    streams[0]!.close()
    await eventually(() => expect(readersOf(streams[1]!)).toBe(1))
  })
})
