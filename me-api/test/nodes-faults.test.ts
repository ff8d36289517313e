import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { createClient } from '@redis/client'
import type { Message } from '../src/contract/index.ts'
import { databaseOf } from './support/database.ts'
import {
  type Node,
  channelOf,
  connected,
  describeNodes,
  holdLobby,
  peopleOn,
  redisOf,
  startNodes,
  startRedis,
} from './support/nodes.ts'
import { runProgram, startServer } from './support/program.ts'
import { api, bearer } from './support/rest.ts'
import { temporaryFolder } from './support/start-app.ts'
import { openStream } from './support/stream.ts'
import { type Visitor, eventually, visitor } from './support/visitors.ts'

const warnings = ({ logLines }: Node) => logLines.filter((line) => JSON.parse(line).level >= 40)

async function twoVisitors(nodes: Node[]) {
  await connected(...nodes)
  const [ada, bo] = [await visitor(nodes[0]!, 'ada'), await visitor(nodes[1]!, 'bo')]
  await Promise.all([ada.enter(), bo.enter()])
  await eventually(() => expect(ada.presence.at(-1)?.total).toBe(2))
  return { ada, bo }
}

/** Only Redis tells who comes to another node; what is written there is also found in the database. */
async function hearEachOther(nodes: Node[], one: Visitor, other: Visitor): Promise<void> {
  const before = one.presence.at(-1)!.total
  await visitor(nodes[0]!, `guest ${before} of one`)
  await visitor(nodes[1]!, `guest ${before} of other`)
  await eventually(() => {
    expect(one.presence.at(-1)?.total).toBe(before + 2)
    expect(other.presence.at(-1)?.total).toBe(before + 2)
  }, 15_000)
}

describeNodes('a wrong REDIS_URL', () => {
  const start = async (REDIS_URL: string) =>
    runProgram('main.ts', { settings: { ...(await databaseOf(temporaryFolder())), PORT: '0', REDIS_URL } })

  test('stops the start with one line, and tells no password', async () => {
    const mute = ['--user', 'mute', 'on', '>word', '+@all', 'resetchannels']
    const redis = await startRedis('--requirepass', 'right', ...mute)
    const place = new URL(redis.url).host
    for (const [url, line] of [
      ['redis://x/chat', 'REDIS_URL: must be redis://HOST or redis://USER:PASSWORD@HOST:PORT'],
      [redis.url, `REDIS_URL: Redis at ${place} refuses this program: NOAUTH`],
      [`redis://:wrong@${place}`, `REDIS_URL: Redis at ${place} refuses this program: WRONGPASS`],
      [`redis://mute:word@${place}`, `REDIS_URL: Redis at ${place} refuses this program: NOPERM`],
      [`redis://:right@${place}/99`, `REDIS_URL: Redis at ${place} refuses this program: ERR DB index`],
    ] as const) {
      const { err, code } = await start(url)
      expect([url, code, err.trimEnd().split('\n')]).toEqual([url, 1, [expect.stringContaining(line)]])
      expect(err).not.toMatch(/wrong|word@/)
    }
  })

  test('that nobody answers at keeps no node from starting', async () => {
    const server = await startServer({
      ...(await databaseOf(temporaryFolder())),
      REDIS_URL: 'redis://127.0.0.1:1',
    })
    expect(await redisOf(server)).toBe('unavailable')
    expect(await server.kill('SIGTERM')).toBe(0)
  })
})

describeNodes('a bad Redis', () => {
  test('that is full carries what the nodes tell each other', async () => {
    const redis = await startRedis('--maxmemory', '1mb', '--maxmemory-policy', 'noeviction')
    const client = await createClient({ url: redis.url }).connect()
    await expect(client.set('one', 'more'.repeat(300_000))).rejects.toThrow('OOM')
    client.destroy()
    const nodes = await startNodes({ redis: redis.url })
    const { ada, bo } = await twoVisitors(nodes)
    await hearEachOther(nodes, ada, bo)
    expect(nodes.flatMap(warnings)).toEqual([])
  })

  test('that takes two seconds for each answer is slow, not lost', async () => {
    const nodes = await startNodes({ delay: 2_000 })
    await connected(...nodes)
    nodes.forEach(({ logLines }) => logLines.splice(0))
    const [ada, bo] = [await visitor(nodes[0]!, 'ada'), await visitor(nodes[1]!, 'bo')]
    await Promise.all([ada.enter(), bo.enter()])
    await bo.send('slowly')
    await eventually(() => expect(ada.seen().at(-1)?.text).toBe('slowly'))
    await eventually(() => expect(ada.presence.at(-1)?.total).toBe(2), 10_000)
    await hearEachOther(nodes, ada, bo)
    await pause(4_000)
    expect(nodes.flatMap(warnings)).toEqual([])
  })

  test.each(['that is frozen', 'that one node is cut off from without a word'])(
    '%s for six seconds makes others late by three, and nobody leaves',
    async (kind) => {
      const redis = await startRedis()
      const nodes = await startNodes({ redis: redis.url })
      const { ada, bo } = await twoVisitors(nodes)
      if (kind === 'that is frozen') redis.freeze()
      else nodes[1]!.way.silence()
      const began = performance.now()
      for (const one of [ada, bo]) {
        const { id } = await one.send('meanwhile')
        for (const reader of [ada, bo])
          await eventually(() => expect(reader.seen().map((message) => message.id)).toContain(id))
      }
      const guest = await visitor(nodes[1]!, 'guest')
      await pause(Math.max(0, began + 6_000 - performance.now()))
      expect(await redisOf(nodes[1]!)).toBe('unavailable')
      redis.thaw()
      nodes[1]!.way.restore()
      await eventually(() => expect(ada.presence.at(-1)?.total).toBe(3), 15_000)
      guest.socket.disconnect()
      await hearEachOther(nodes, ada, bo)
      expect([...ada.presence, ...bo.presence].flatMap(({ left }) => left)).toEqual([])
      for (const node of nodes) expect(warnings(node).length).toBeLessThanOrEqual(1)
      expect(warnings(nodes[1]!)).toHaveLength(1)
    },
  )
})

describeNodes('the channel of the nodes', () => {
  test('carries a Change that is too long for it as a wake-up', async () => {
    const nodes = await startNodes({ settings: { LIMIT_MESSAGES: 'off' } })
    const { ada, bo } = await twoVisitors(nodes)
    // What waits for the room is stored together.
    const release = await holdLobby(nodes[0]!.db)
    const texts = Array.from({ length: 200 }, (_, index) => `${index} ${'x'.repeat(3_900)}`)
    const post = (text: string) =>
      api(nodes[0]!)
        .post('/api/chat/rooms/lobby/messages')
        .set(bearer(ada.welcome.token!))
        .send({ id: crypto.randomUUID(), text })
        .expect(201)
    let asked = 0
    nodes[0]!.app.server.on('request', () => asked++)
    const sending = Promise.all(texts.map(post))
    await eventually(() => expect(asked).toBe(200))
    await pause(2_000)
    await release()
    const sent = (await sending).map(({ body }) => body.data as Message)
    await eventually(() => expect(bo.changes.at(-1)?.to).toBe(200))
    expect(bo.changes.filter(({ messages }) => messages.length === 0)).not.toEqual([])
    const page = await bo.enter(199)
    expect(page.messages).toEqual([sent.find(({ seq }) => seq === 200)])
    await bo.send('after it')
    await eventually(() => expect(ada.seen().at(-1)?.text).toBe('after it'))
  })

  test('may carry anything: nothing breaks, and each node warns once of what nobody sealed and once of what no version says', async () => {
    const nodes = await startNodes()
    const { ada, bo } = await twoVisitors(nodes)
    const { publish, seal } = await channelOf(nodes[0]!)
    const from = crypto.randomUUID()
    const envelopes = [
      { from, kind: 'change', data: { room: 'lobby' } },
      { from, kind: 'change', data: { room: 'no such room', from: 0, to: 1, messages: [] } },
      { from, kind: 'change', data: { room: 'nowhere', from: 5, to: 5, messages: [] } },
      { from, kind: 'people', data: { here: 'all', gone: [1] } },
      { from, kind: 'signal', data: { name: 'hello', data: {} } },
      { from, kind: 'sanctions', data: [{}] },
      { from, kind: 'of a later version', data: { any: ['thing'] } },
      ...['__proto__', 'constructor', 'toString', 'hello', 'alive', 'bye'].map((kind) => ({ from, kind })),
      { from: 'x'.repeat(200), kind: 'alive' },
      { from: null, kind: 5, data: null },
    ]
    const texts = [
      '',
      'x',
      '{',
      'null',
      '[]',
      '{}',
      '7',
      '"\u0000"',
      '[['.repeat(10_000),
      'beat',
      'x'.repeat(2e6),
    ]
    const written = envelopes.map((one) => JSON.stringify(one))
    for (const text of [...texts, ...written, ...[...texts, ...written].map(seal)])
      expect(await publish(text)).toBe(2)
    await hearEachOther(nodes, ada, bo)
    await bo.send('still here')
    await eventually(() => expect(ada.seen().at(-1)?.text).toBe('still here'))
    for (const node of nodes) expect(warnings(node)).toHaveLength(2)
  })

  test('is believed only where the nodes’ secret seals', async () => {
    const nodes = await startNodes()
    const { ada, bo } = await twoVisitors(nodes)
    const { publish, heard, open } = await channelOf(nodes[0]!)
    const eve = { id: crypto.randomUUID(), nick: 'eve', role: 'visitor' }
    const message = { id: crypto.randomUUID(), room: 'lobby', seq: 1, rev: 1, author: eve, text: 'forged' }
    const data = {
      change: {
        room: 'lobby',
        from: 0,
        to: 2 ** 50,
        messages: [{ ...message, sentAt: new Date().toISOString() }],
      },
      signal: { name: 'identityEnded', data: ada.welcome.self!.id },
      people: { here: [eve], gone: [] },
    }
    for (const [kind, forged] of Object.entries(data))
      await publish(JSON.stringify({ from: crypto.randomUUID(), kind, data: forged }))
    const sealed = await eventually(() => {
      bo.socket.emit('typing:set', { room: 'lobby', on: true }, () => {})
      const text = heard.find((one) => open(one)?.includes('"nick":"bo"'))
      expect(text).toBeDefined()
      return text!
    })
    const bytes = Buffer.from(sealed.slice(36), 'base64')
    bytes[bytes.length - 20]! ^= 1
    await publish(crypto.randomUUID() + bytes.toString('base64'))
    await publish(crypto.randomUUID() + sealed.slice(36))
    await hearEachOther(nodes, ada, bo)
    for (const by of [ada, bo]) await by.send('true')
    for (const reader of [ada, bo]) {
      await eventually(() => expect(reader.seen().map(({ text }) => text)).toEqual(['true', 'true']))
      expect(reader.presence.flatMap(({ joined }) => joined).filter(({ nick }) => nick === 'eve')).toEqual([])
      expect(reader.changes.map(({ to }) => to)).toEqual([1, 2])
    }
  })

  test('makes nobody wait for what is not stored', async () => {
    const nodes = await startNodes()
    const { ada, bo } = await twoVisitors(nodes)
    const stream = await openStream(nodes[1]!, '?after=0')
    const { say } = await channelOf(nodes[0]!)
    await bo.send('first')
    await say('change', { room: 'lobby', from: 2 ** 52, to: 2 ** 52, messages: [] })
    await say('change', { room: 'lobby', from: 2 ** 50, to: 2 ** 51, messages: [] })
    await ada.send('second')
    await eventually(() => expect(bo.seen().map(({ text }) => text)).toEqual(['first', 'second']))
    await say('change', { room: 'lobby', from: 2, to: 2 ** 50, messages: [] })
    // The next look at the rooms may have put it right already.
    await eventually(() => expect(bo.changes.map(({ to }) => to)).toContain(2 ** 50))
    for (const reader of [ada, bo])
      await eventually(() => expect(reader.changes.at(-1)).toMatchObject({ reset: true, to: 2 }))
    await ada.send('third')
    for (const reader of [ada, bo])
      await eventually(() => expect(reader.changes.at(-1)).toMatchObject({ from: 2, to: 3 }))
    await eventually(() => expect(stream.events.at(-1)?.data).toMatchObject({ from: 2, to: 3 }))
  })

  test('is not that of another installation on the same Redis', async () => {
    const [mine] = await startNodes({ count: 1 })
    const [yours] = await startNodes({ count: 1 })
    await connected(mine!, yours!)
    const [ada, bo] = [await visitor(mine!, 'ada'), await visitor(yours!, 'bo')]
    await Promise.all([ada.enter(), bo.enter()])
    await bo.send('to mine')
    await ada.send('to yours')
    // Time for what must not come.
    await pause(2_000)
    expect([ada, bo].map((one) => one.seen().map(({ text }) => text))).toEqual([['to yours'], ['to mine']])
    expect((await visitor(mine!, 'cy')).welcome.total).toBe(2)
    expect([mine!, yours!].flatMap(warnings)).toEqual([])
  })
})

describeNodes('who is here', () => {
  test('is the same on all nodes, also on one that starts later', async () => {
    const nodes = await startNodes({ count: 2 })
    const { ada, bo } = await twoVisitors(nodes)
    await ada.setNick('ada lovelace')
    await hearEachOther(nodes, ada, bo)
    const cy = await visitor(nodes[0]!, 'cy')
    cy.socket.disconnect()
    const [late] = await startNodes({ count: 1, folder: nodes[0]!.folder })
    await connected(late!)
    await eventually(async () => {
      const lists = await Promise.all([...nodes, late!].map(peopleOn))
      expect(lists[0]).toHaveLength(4)
      expect(lists[1]).toEqual(lists[0])
      expect(lists[2]).toEqual(lists[0])
    }, 25_000)
  })
})
