import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { manualClock } from './support/manual-clock.ts'
import { startProxy } from './support/proxy.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { databaseOf, isPostgres } from './support/database.ts'
import { startApp, temporaryFolder } from './support/start-app.ts'
import { eventually, visitor } from './support/visitors.ts'

describe('an unreachable database', () => {
  test('writes are refused with UNAVAILABLE while the database is unreachable, and succeed once it is back', async () => {
    if (!isPostgres) return
    const { DATABASE_URL = '' } = await databaseOf(temporaryFolder())
    const address = new URL(DATABASE_URL)
    let target = `http://${address.host}`
    const proxy = await startProxy(() => target)
    address.host = new URL(proxy.url).host
    const app = await startApp({ settings: { DATABASE_URL: address.href } })
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    await bo.enter()
    await ada.send('before')
    target = 'http://127.0.0.1:1'
    proxy.cut()
    const draft = { room: 'lobby', id: crypto.randomUUID(), text: 'meanwhile' }
    expect(await ada.emit('message:send', draft)).toMatchObject({ error: { code: 'UNAVAILABLE' } })
    await api(app).get('/api/reports').expect(503)
    await api(app).get('/readyz').expect(503)
    expect(bo.seen()).toHaveLength(1)
    target = `http://${new URL(DATABASE_URL).host}`
    const sent = await ada.send(draft)
    await eventually(() => expect(bo.seen().at(-1)).toEqual(sent))
  })
})

describe('a full disk', () => {
  test('sends are refused with UNAVAILABLE on a full disk, readers see only stored messages, and sending resumes with space', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
    if (app.kind !== 'sqlite') return
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    await bo.enter()
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(app.db)
    await sql.raw(`pragma max_page_count = ${rows[0]!.page_count}`).execute(app.db)
    const texts: string[] = []
    let refused: unknown
    while (!refused && texts.length < 200) {
      const answer = await ada.emit('message:send', {
        room: 'lobby',
        id: crypto.randomUUID(),
        text: 'x'.repeat(3_000),
      })
      if (answer.ok) texts.push('x')
      else refused = answer.error
    }
    expect(refused).toMatchObject({ code: 'UNAVAILABLE', retryAfter: expect.any(Number) })
    await eventually(() => expect(bo.seen()).toHaveLength(texts.length))
    await sql.raw('pragma max_page_count = 1000000').execute(app.db)
    const sent = await ada.send('room again')
    await eventually(() => expect(bo.seen().at(-1)).toEqual(sent))
    expect(sent.seq).toBe(texts.length + 1)
  })

  test('REST writes answer 503 on a full disk', async () => {
    const app = await startApp()
    if (app.kind !== 'sqlite') return
    const [token, ada] = [await ownerToken(app), await visitor(app, 'ada')]
    await sql.raw('pragma max_page_count = 1').execute(app.db)
    let status = 204
    for (let left = 100; status === 204 && left > 0; left--) {
      const order = { id: ada.welcome.self?.id, action: 'mute', reason: 'x'.repeat(200) }
      ;({ status } = await api(app).post('/api/chat/moderation').set(bearer(token)).send(order))
    }
    expect(status).toBe(503)
  })
})

test('the text of a deleted message leaves the database files within a minute', async () => {
  const clock = manualClock()
  const app = await startApp({ clock })
  if (app.kind !== 'sqlite') return
  const ada = await visitor(app, 'ada')
  const words = 'xylophonist quagmire'
  const { id } = await ada.send(words)
  await ada.send({ text: 'kept', replyTo: id })
  const isInFiles = () =>
    readdirSync(app.folder)
      .filter((name) => name.startsWith('me.db'))
      .some((name) => /xylophonist|quagmire/.test(readFileSync(join(app.folder, name), 'latin1')))
  expect(isInFiles()).toBe(true)
  await ada.ask('message:delete', { id })
  clock.advance(60_000)
  await eventually(() => expect(isInFiles()).toBe(false))
})
