import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import pg from 'pg'
import { io } from 'socket.io-client'
import type { Welcome } from '../src/contract/index.ts'
import { databaseOf } from './support/database.ts'
import { connected, describeNodes, peopleOn } from './support/nodes.ts'
import { startServer } from './support/program.ts'
import { startProxy } from './support/proxy.ts'
import { closeAfterTest, temporaryFolder } from './support/start-app.ts'
import { eventually, visitor } from './support/visitors.ts'

/** Two nodes as processes of their own, and what is in front of them. */
async function twoProcesses() {
  const settings: Record<string, string> = {
    ...(await databaseOf(temporaryFolder())),
    REDIS_URL: process.env['TEST_REDIS_URL']!,
    LIMIT_MESSAGES: 'off',
  }
  const [one, other] = [await startServer(settings), await startServer(settings)]
  await connected(one, other)
  let target = other.url
  const front = await startProxy(() => target)
  return { one, other, front, settings, leadTo: ({ url }: { url: string }) => void (target = url) }
}

/** Somebody with the library as it comes, who returns by themselves. */
function stockVisitor({ url }: { url: string }, nick: string) {
  let token: string | null = null
  const socket = io(`${url}/chat`, {
    auth: (give) => give(token ? { token } : { nick }),
    transports: ['websocket'],
    forceNew: true,
  })
  socket.on('welcome', (welcome: Welcome) => void (token = welcome.token ?? token))
  closeAfterTest(async () => void socket.disconnect())
}

describeNodes('a node', () => {
  test('that stands still for twenty seconds loses and doubles nobody', async () => {
    const { one, other, front } = await twoProcesses()
    const bo = await visitor(one, 'bo')
    stockVisitor(front, 'ada')
    stockVisitor(one, 'cy')
    await eventually(() => expect(bo.presence.at(-1)?.total).toBe(3))
    process.kill(other.pid, 'SIGSTOP')
    await pause(20_000)
    process.kill(other.pid, 'SIGCONT')
    await eventually(async () => {
      for (const node of [one, other]) expect(await peopleOn(node)).toEqual(['ada', 'bo', 'cy'])
    }, 20_000)
    await bo.enter()
    await bo.send('awake?')
    await pause(6_000)
    for (const node of [one, other]) expect(await peopleOn(node)).toEqual(['ada', 'bo', 'cy'])
  })

  test('that stands still in the middle of a commit keeps nobody else from writing', async () => {
    const { one, other, settings } = await twoProcesses()
    const [bo, ada] = [await visitor(one, 'bo'), await visitor(other, 'ada')]
    const third = new pg.Client(settings['DATABASE_URL'])
    await third.connect()
    closeAfterTest(() => third.end())
    await third.query('begin')
    await third.query("update rooms set rev = rev where name = 'lobby'")
    const draft = { room: 'lobby', id: randomUUID(), text: 'ada was first in the queue' }
    const held = ada.emit('message:send', draft)
    await pause(500)
    process.kill(other.pid, 'SIGSTOP')
    await third.query('commit')
    expect(await bo.send('bo is behind her')).toMatchObject({ seq: 1 })
    process.kill(other.pid, 'SIGCONT')
    expect(await held).toMatchObject({ error: { code: 'UNAVAILABLE' } })
    expect(await ada.send(draft)).toMatchObject({ seq: 2 })
  })

  test('that is killed is without its people on the other within 25 seconds', async () => {
    const { one, other } = await twoProcesses()
    const bo = await visitor(one, 'bo')
    await visitor(other, 'ada')
    await eventually(() => expect(bo.presence.at(-1)?.total).toBe(2))
    await other.kill('SIGKILL')
    await eventually(() => expect(bo.presence.at(-1)).toMatchObject({ total: 1 }), 25_000)
  })

  test('that is killed does not take away who has come to the other meanwhile', async () => {
    const { one, other, front, leadTo } = await twoProcesses()
    const bo = await visitor(one, 'bo')
    stockVisitor(front, 'ada')
    await eventually(() => expect(bo.presence.at(-1)?.total).toBe(2))
    leadTo(one)
    await other.kill('SIGKILL')
    await pause(21_000)
    expect(bo.presence.flatMap(({ left }) => left)).toEqual([])
    expect(await peopleOn(one)).toEqual(['ada', 'bo'])
  })

  test('that stops in order leaves its people there until they are on the other, and who does not come is gone', async () => {
    const { one, other, front, leadTo } = await twoProcesses()
    const bo = await visitor(one, 'bo')
    stockVisitor(front, 'ada')
    const { self: cy } = (await visitor(other, 'cy')).welcome
    await eventually(() => expect(bo.presence.at(-1)?.total).toBe(3))
    leadTo(one)
    expect(await other.kill('SIGTERM')).toBe(0)
    // Before a node that says nothing any more counts as gone.
    await eventually(() => expect(bo.presence.at(-1)).toMatchObject({ left: [cy!.id], total: 2 }), 13_000)
    expect(bo.presence.flatMap(({ left }) => left)).toEqual([cy!.id])
    expect(await peopleOn(one)).toEqual(['ada', 'bo'])
  })
})
