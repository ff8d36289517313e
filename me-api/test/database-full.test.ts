import { randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import pg from 'pg'
import { databaseOf, isPostgres, migratedDatabaseOf } from './support/database.ts'
import { describeNodes } from './support/nodes.ts'
import { startServer } from './support/program.ts'
import { api, bearer, ownerAccount, refusal, signIn } from './support/rest.ts'
import { type SmallDisk, mountSmallDisk } from './support/small-disk.ts'
import { type TestApp, closeAfterTest, startApp, temporaryFolder } from './support/start-app.ts'
import { openStream } from './support/stream.ts'
import { startPostgres } from './support/throwaway-servers.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

const settings = {
  SESSION_SECRET: 'a secret for tests that is long enough',
  REDIS_URL: process.env['TEST_REDIS_URL'] ?? '',
  OWNER_EMAIL: ownerAccount.email,
  OWNER_PASSWORD: ownerAccount.password,
  LIMIT_MESSAGES: 'off',
  LOG_LEVEL: 'error',
}

const smallDisk = isPostgres ? mountSmallDisk() : null
smallDisk?.unmount()
const describeDisk = smallDisk ? describeNodes : describe.skip

const unavailable = { error: { code: 'UNAVAILABLE', retryAfter: expect.any(Number) } }
const draftOf = (text: string) => ({ room: 'lobby', id: crypto.randomUUID(), text })

/** Two nodes as processes of their own on a PostgreSQL of their own, with a writer on one and readers on both. */
async function startTwo(disk?: SmallDisk) {
  const postgres = await startPostgres({ ...(disk && { folder: disk.folder }) })
  closeAfterTest(() => postgres.stop())
  const start = () => startServer({ ...settings, DATABASE_URL: postgres.url })
  const [one, other] = [await start(), await start()]
  const ada = await visitor(one, 'ada')
  const readers = [ada, await connect(other), await visitor(other, 'bo')]
  for (const reader of readers) await reader.enter()
  const stream = await openStream(other as unknown as TestApp)
  const gone: string[] = []
  for (const { socket } of readers) socket.on('disconnect', (reason) => gone.push(reason))
  await ada.send('before')

  return {
    postgres,
    nodes: [one, other],
    ada,

    /** Everybody has stayed, and the same log; it has what was sent last. */
    async isWhole(last: { id: string }): Promise<void> {
      const page = await (await connect(other)).enter()
      expect(page.messages.at(-1)).toMatchObject(last)
      expect(page.messages.map(({ seq }) => seq)).toEqual(page.messages.map((_, index) => index + 1))
      for (const { seen } of [...readers, stream])
        await eventually(() => expect(seen()).toEqual(page.messages))
      expect([gone, stream.isOver()]).toEqual([[], false])
      for (const node of [one, other]) expect(await node.kill('SIGTERM')).toBe(0)
    },
  }
}

function smallDiskOfTest(): SmallDisk {
  const disk = mountSmallDisk()!
  closeAfterTest(async () => disk.unmount())
  return disk
}

describeDisk('a PostgreSQL whose disk is full', () => {
  test('refuses what there is no room for, and only that; with room again it goes on', async () => {
    const disk = smallDiskOfTest()
    const { nodes, ada, isWhole } = await startTwo(disk)
    const app = nodes[0] as unknown as TestApp
    const owner = bearer(await signIn(app, ownerAccount))
    disk.fill()
    // What is free within the tables is used up first.
    const refused = await eventually(async () => {
      const draft = draftOf(randomBytes(1_900).toString('hex'))
      expect(await ada.emit('message:send', draft)).toMatchObject(unavailable)
      return draft
    })
    const report = { week: 1, title: 'One', text: randomBytes(20_000).toString('hex') }
    const { body, headers } = await api(app).post('/api/reports').set(owner).send(report)
    expect(body).toEqual(refusal(503, 'UNAVAILABLE'))
    expect(headers['retry-after']).toBe('2')
    for (const path of ['/api/me', '/api/chat/rooms/lobby/messages', '/api/reports', '/readyz'])
      await api(app).get(path).set(owner).expect(200)
    await connect(nodes[1]!, { auth: { token: ada.welcome.token! } })
    disk.free()
    await api(app).post('/api/reports').set(owner).send(report).expect(201)
    const sent = await ada.send(refused)
    expect(await ada.send(refused)).toEqual(sent)
    await isWhole(sent)
  })

  test('and that crashes because its log finds no room is back once it is started again', async () => {
    const disk = smallDiskOfTest()
    const { postgres, ada, isWhole } = await startTwo(disk)
    disk.fill()
    await postgres.switchLog()
    const draft = draftOf('meanwhile')
    expect(await ada.emit('message:send', draft)).toMatchObject(unavailable)
    await postgres.kill()
    disk.free()
    await postgres.restart()
    await isWhole(await eventually(() => ada.send(draft)))
  })
})

describeNodes('a PostgreSQL of which others have all connections', () => {
  test('refuses what is written; once it has some again it goes on', async () => {
    const { postgres, nodes, ada, isWhole } = await startTwo()
    const giveBack = await postgres.takeConnections()
    const draft = draftOf('meanwhile')
    expect(await ada.emit('message:send', draft)).toMatchObject(unavailable)
    const { body } = await api(nodes[1] as unknown as TestApp).get('/api/reports')
    expect(body).toEqual(refusal(503, 'UNAVAILABLE'))
    await giveBack()
    await isWhole(await eventually(() => ada.send(draft)))
  })

  test('but two serves everybody with these', async () => {
    const folder = temporaryFolder()
    const address = new URL((await migratedDatabaseOf(folder)).settings.DATABASE_URL)
    const role = `two_${crypto.randomUUID().slice(0, 8)}`
    const client = new pg.Client((await databaseOf(folder)).DATABASE_URL)
    await client.connect()
    await client.query(`create role ${role} login in role ${address.username} connection limit 2`)
    await client.end()
    address.username = role
    const app = await startApp({ folder, settings: { DATABASE_URL: address.href } })
    const ada = await visitor(app, 'ada')
    const reads = Array.from({ length: 40 }, () => api(app).get('/api/chat/rooms/lobby/messages'))
    const sent = Array.from({ length: 10 }, (_, index) => ada.send(`message ${index}`))
    for (const { status } of await Promise.all(reads)) expect(status).toBe(200)
    expect((await Promise.all(sent)).map(({ seq }) => seq)).toEqual(sent.map((_, index) => index + 1))
  })
})
