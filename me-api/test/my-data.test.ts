import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import type { Message } from '../src/contract/index.ts'
import { manualClock } from './support/manual-clock.ts'
import { idOf, ownerAndAda, tokenOf } from './support/moderation.ts'
import { api, bearer, memberToken, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, eventually, leave, visitor } from './support/visitors.ts'

const settings = { LIMIT_MESSAGES: 'off', LIMIT_NEWCOMER: 'off' }

type Downloaded = { self: object; messages: Message[] }

async function download(app: TestApp, proof: Record<string, string>): Promise<Downloaded> {
  const { body } = await api(app).get('/api/me/words').set(proof).expect(200)
  return (body as { data: Downloaded }).data
}

const textsIn = ({ messages }: Downloaded) => messages.map(({ text }) => text)

const found = async (app: TestApp, word: string): Promise<number> => {
  const { body } = await api(app).get('/api/chat/search').query({ q: word }).expect(200)
  return (body as { data: { messages: unknown[] } }).data.messages.length
}

describe('GET /api/me/words', () => {
  test('a visitor downloads all their remaining messages as a file with their token', async () => {
    const app = await startApp({ settings })
    const { owner, token, ada } = await ownerAndAda(app)
    await api(app)
      .post('/api/chat/rooms')
      .set(bearer(token))
      .send({ name: 'attic', title: 'Attic' })
      .expect(201)
    const first = await ada.send('in the lobby')
    await owner.send('not hers')
    const other = await ada.send({ room: 'attic', text: 'in the attic, "quoted"\nand more' })
    const gone = await ada.send('taken back')
    await ada.ask('message:delete', { id: gone.id })

    const { body, headers } = await api(app)
      .get('/api/me/words')
      .set(bearer(tokenOf(ada)))
      .expect(200)
    expect(body).toEqual({ data: { self: ada.welcome.self, messages: [first, other] } })
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(headers['content-disposition']).toBe('attachment; filename=my-words.json')
    expect(headers['cache-control']).toBe('no-store')
  })

  test('the download holds all messages, however many, and is empty without messages', async () => {
    const app = await startApp({ settings })
    const ada = await visitor(app, 'ada')
    expect(textsIn(await download(app, bearer(tokenOf(ada))))).toEqual([])
    const texts = Array.from({ length: 1_203 }, (_, n) => `word ${n}`)
    await Promise.all(texts.map((text) => ada.send(text)))
    expect(textsIn(await download(app, bearer(tokenOf(ada))))).toEqual(texts)
  })

  test('a member downloads their messages with the session cookie', async () => {
    const app = await startApp({ settings })
    const token = await memberToken(app)
    const member = await connect(app, { auth: { token } })
    await member.send('mine')
    expect(textsIn(await download(app, { cookie: `me_session=${token}` }))).toEqual(['mine'])
  })

  test('downloading and erasing are refused without a token, with a broken token and from a foreign origin', async () => {
    const app = await startApp({ settings })
    for (const method of ['get', 'delete'] as const) {
      const none = await api(app)[method]('/api/me/words').expect(401)
      expect(none.body).toEqual(refusal(401, 'UNAUTHENTICATED'))
      const broken = await api(app)[method]('/api/me/words').set(bearer('a.b.c')).expect(401)
      expect(broken.body).toEqual(refusal(401, 'TOKEN_INVALID'))
    }
    const cookie = `me_session=${await memberToken(app)}`
    await api(app).delete('/api/me/words').set({ cookie, origin: 'https://evil.example' }).expect(403)
  })

  test('a visitor may download their messages ten times in ten minutes', async () => {
    const app = await startApp({ settings })
    const token = tokenOf(await visitor(app, 'ada'))
    for (let count = 0; count < 10; count++) await download(app, bearer(token))
    const { body, headers } = await api(app).get('/api/me/words').set(bearer(token)).expect(429)
    expect(body).toEqual(refusal(429, 'RATE_LIMITED'))
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  })
})

describe('DELETE /api/me/words', () => {
  test('a visitor erases their messages and reactions from rooms, search and readers’ logs', async () => {
    const app = await startApp({ settings })
    const { owner, ada } = await ownerAndAda(app)
    const kept = await owner.send('xylophone of the owner')
    await ada.ask('message:react', { id: kept.id, emoji: '👍', on: true })
    const mine = await ada.send('xylophone of ada')
    await app.db.updateTable('rooms').set({ locked: 1 }).execute()
    await owner.enter()
    expect(await found(app, 'xylophone')).toBe(2)

    await api(app)
      .delete('/api/me/words')
      .set(bearer(tokenOf(ada)))
      .expect(204)
    await eventually(() =>
      expect(owner.seen().map(({ id, text }) => [id, text])).toContainEqual([mine.id, '']),
    )
    expect(await found(app, 'xylophone')).toBe(1)
    const { body } = await api(app).get(`/api/chat/messages/${kept.id}`).expect(200)
    expect(body.data).toMatchObject({ text: kept.text })
    expect(body.data).not.toHaveProperty('reactions')
    expect(textsIn(await download(app, bearer(tokenOf(ada))))).toEqual([])
    // Nothing is left to erase, and the token goes on being hers.
    await api(app)
      .delete('/api/me/words')
      .set(bearer(tokenOf(ada)))
      .expect(204)
  })

  test.each(['mute', 'ban'])('a visitor can download and erase their messages after a %s', async (action) => {
    const app = await startApp({ settings })
    const { ada, order } = await ownerAndAda(app)
    await ada.send('words')
    await order(action)
    const proof = bearer(tokenOf(ada))
    expect(textsIn(await download(app, proof))).toEqual(['words'])
    await api(app).delete('/api/me/words').set(proof).expect(204)
    expect(textsIn(await download(app, proof))).toEqual([])
  })

  test('a visitor who lost their nick can erase their messages', async () => {
    const clock = manualClock()
    const app = await startApp({ settings, clock })
    const ada = await visitor(app, 'ada')
    await ada.send('words')
    await leave(app, ada)
    clock.advance(61_000)
    const another = await visitor(app, 'ada')
    expect(idOf(another)).not.toBe(idOf(ada))
    await another.send('of another ada')
    await api(app)
      .delete('/api/me/words')
      .set(bearer(tokenOf(ada)))
      .expect(204)
    expect(textsIn(await download(app, bearer(tokenOf(ada))))).toEqual([])
    expect(textsIn(await download(app, bearer(tokenOf(another))))).toEqual(['of another ada'])
  })
})

test('messages removed by retention leave the search', async () => {
  const clock = manualClock()
  const app = await startApp({ settings: { ...settings, CHAT_RETENTION_DAYS: '2' }, clock })
  const ada = await visitor(app, 'ada')
  await ada.send('xylophone')
  clock.advance(24 * 3_600_000)
  const bo = await visitor(app, 'bo')
  await bo.send('xylophone again')
  expect(await found(app, 'xylophone')).toBe(2)
  clock.advance(25 * 3_600_000)
  await eventually(async () => expect(await found(app, 'xylophone')).toBe(1))
  expect(textsIn(await download(app, bearer(tokenOf(ada))))).toEqual([])
  expect(await indexed(app, 'xylophone')).toBe(1)
})

/** How many messages the index itself knows by a word, whatever the messages' own table says. */
async function indexed({ db, kind }: TestApp, word: string): Promise<number> {
  const { rows } = await (
    kind === 'sqlite'
      ? sql<{
          count: number
        }>`select count(*) as count from messages_search where messages_search match ${word}`
      : sql<{
          count: number
        }>`select count(*) as count from messages where search @@ to_tsquery('simple', ${word})`
  ).execute(db)
  return Number(rows[0]?.count)
}
