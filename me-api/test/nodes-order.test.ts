import { expect, test } from '@jest/globals'
import pg from 'pg'
import { systemClock } from '../src/clock.ts'
import type { Change, Message } from '../src/contract/index.ts'
import { databaseBehindProxy } from './support/database-proxy.ts'
import { connected, describeNodes, startNodes } from './support/nodes.ts'
import { plainSocket } from './support/plain-websocket.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { closeAfterTest, temporaryFolder } from './support/start-app.ts'
import { openStream } from './support/stream.ts'
import { type Visitor, connect, eventually, visitor } from './support/visitors.ts'

/** Nodes whose commits of a message `held` do not end before `release` is called. */
async function heldCommits() {
  const folder = temporaryFolder()
  // One node's way to PostgreSQL can break.
  const { way, direct, ...broken } = await databaseBehindProxy(folder)
  const settings = { LIMIT_MESSAGES: 'off' }
  const [one] = await startNodes({ folder, count: 1, settings: { ...settings, ...broken.settings } })
  const [other] = await startNodes({ folder, count: 1, settings })
  await connected(one!, other!)

  const client = new pg.Client(direct)
  await client.connect()
  closeAfterTest(() => client.end())
  await client.query(`
    create function wait_for_release() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock(15);
      return null;
    end $$;
    create constraint trigger hold after insert on messages deferrable initially deferred
      for each row when (new.text = 'held') execute function wait_for_release();
    select pg_advisory_lock(15);`)

  /** The server process that waits in its commit. */
  async function held(): Promise<number> {
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_locks where locktype = 'advisory' and objid = 15 and not granted`,
    )
    expect(rows).toHaveLength(1)
    return rows[0]!.pid
  }
  return {
    one: one!,
    other: other!,
    way,
    held: () => eventually(held),
    release: () => client.query('select pg_advisory_unlock(15)'),
    terminate: (pid: number) => client.query('select pg_terminate_backend($1)', [pid]),
  }
}

/** Readers of every kind; what each has read so far, without a gap, and the `to` of its last Change. */
async function readersOf(app: Awaited<ReturnType<typeof heldCommits>>['one']) {
  const socket = await visitor(app, `reader ${crypto.randomUUID().slice(0, 8)}`)
  await socket.enter()
  const plain = plainSocket(app)
  await plain.welcome()
  await plain.ask('room:enter', { room: 'lobby', after: 0 })
  const stream = await openStream(app, '?after=0')
  const polled: Record<'poll' | 'long poll', Change[]> = { poll: [], 'long poll': [] }
  let isOver = false
  closeAfterTest(async () => void (isOver = true))
  async function poll(kind: keyof typeof polled, wait: number): Promise<void> {
    while (!isOver) {
      const after = polled[kind].at(-1)?.to ?? 0
      const answer = await fetch(`${app.url}/api/chat/rooms/lobby/changes?after=${after}&wait=${wait}`)
      polled[kind].push(((await answer.json()) as { data: Change }).data)
    }
  }
  for (const [kind, wait] of [
    ['poll', 0],
    ['long poll', 1],
  ] as const)
    void poll(kind, wait).catch(() => {})
  return {
    'Socket.IO': () => socket.changes,
    WebSocket: () => plain.changes(),
    SSE: () => stream.events.map(({ data }) => data),
    'long poll': () => polled['long poll'],
    poll: () => polled.poll,
  }
}

const seqs = (changes: Change[]) => changes.flatMap(({ messages }) => messages.map(({ seq }) => seq))

describeNodes('a commit that takes long', () => {
  test('holds up the next one of another node: no reader on any transport passes over a number', async () => {
    const { one, other, held, release } = await heldCommits()
    const readers = [...Object.entries(await readersOf(one)), ...Object.entries(await readersOf(other))]
    const [ada, bo] = [await visitor(one, 'ada'), await visitor(other, 'bo')]
    await bo.send('first')
    const holding = ada.send('held')
    await held()
    const waiting = ['b', 'c', 'd'].map((text) => bo.send(text))
    // Longer than a look at the rooms takes to come.
    await Promise.race([...waiting, holding, new Promise((resolve) => setTimeout(resolve, 2_500))])
    for (const [kind, changes] of readers) expect([kind, seqs(changes())]).toEqual([kind, [1]])
    for (const [kind, changes] of readers) expect([kind, changes().at(-1)?.to]).toEqual([kind, 1])
    await release()
    expect([await holding, ...(await Promise.all(waiting))].map(({ seq }) => seq)).toEqual([2, 3, 4, 5])
    for (const [kind, changes] of readers)
      await eventually(() => expect([kind, seqs(changes())]).toEqual([kind, [1, 2, 3, 4, 5]]))
  })
})

describeNodes('nodes whose clocks differ', () => {
  const apart = async (milliseconds: number) => {
    const ahead = { ...systemClock, now: () => Date.now() + milliseconds }
    const [one, other] = await startNodes({ clocks: [ahead, systemClock] })
    await connected(one!, other!)
    return { one: one!, other: other! }
  }

  test.each([30_000, 3_600_000])('by %i ms give the times of PostgreSQL’s clock', async (milliseconds) => {
    const { one, other } = await apart(milliseconds)
    const [ada, bo] = [await visitor(one, 'ada'), await visitor(other, 'bo')]
    const sent = [await bo.send('1'), await ada.send('2'), await bo.send('3'), await ada.send('4')]
    const edited = await ada.ask<Message>('message:edit', { id: sent[1]!.id, text: '5' })
    const times = [...sent.map(({ sentAt }) => sentAt), edited.editedAt ?? ''].map((time) => Date.parse(time))
    expect(times).toEqual(times.toSorted((first, second) => first - second))
    for (const time of times) expect(Math.abs(time - Date.now())).toBeLessThan(20_000)
  })

  test.each(['ahead', 'behind'])(
    'do not shorten slow mode on the way to the node that is %s',
    async (way) => {
      const { one, other } = await apart(60_000)
      const owner = bearer(await ownerToken(one))
      await api(one).patch('/api/chat/rooms/lobby').set(owner).send({ slowSeconds: 40 }).expect(200)
      const [first, second] = way === 'ahead' ? [other, one] : [one, other]
      const ada = await visitor(first, 'ada')
      await ada.send('once')
      const elsewhere = await connect(second, { auth: { token: ada.welcome.token ?? '' } })
      const draft = { room: 'lobby', id: crypto.randomUUID(), text: 'twice' }
      expect(await elsewhere.emit('message:send', draft)).toMatchObject({
        error: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) },
      })
    },
  )
})

describeNodes('a connection to PostgreSQL that is lost in the middle of a commit', () => {
  const storedOn = async ({ url }: { url: string }) => {
    const answer = await fetch(`${url}/api/chat/rooms/lobby/messages`)
    return ((await answer.json()) as { data: { messages: Message[] } }).data.messages.map(({ text }) => text)
  }
  async function twoEntered({ one, other }: Awaited<ReturnType<typeof heldCommits>>) {
    const [ada, bo] = [await visitor(one, 'ada'), await visitor(other, 'bo')]
    await Promise.all([ada.enter(), bo.enter()])
    return { ada, bo }
  }
  const refusal = (by: Visitor, draft: object) =>
    by.send(draft).then(
      () => null,
      (error: { failure: unknown }) => error.failure,
    )

  test('before it is stored: the same id sent again is one message', async () => {
    const chat = await heldCommits()
    const { ada, bo } = await twoEntered(chat)
    const draft = { id: crypto.randomUUID(), text: 'held' }
    const refused = refusal(ada, draft)
    await chat.terminate(await chat.held())
    expect(await refused).toMatchObject({ code: 'UNAVAILABLE', retryAfter: expect.any(Number) })
    await chat.release()
    await ada.send(draft)
    await eventually(() => expect(bo.seen().map((message) => message.id)).toEqual([draft.id]))
    expect(await storedOn(chat.other)).toEqual(['held'])
  })

  test('after it is stored: everybody reads it, and the same id sent again is one message', async () => {
    const chat = await heldCommits()
    const { ada, bo } = await twoEntered(chat)
    const draft = { id: crypto.randomUUID(), text: 'held' }
    const refused = refusal(ada, draft)
    await chat.held()
    chat.way.freeze()
    await chat.release()
    await eventually(async () => expect(await storedOn(chat.other)).toEqual(['held']))
    chat.way.cut()
    expect(await refused).toMatchObject({ code: 'UNAVAILABLE' })
    // Nobody was told: the look at the rooms finds it.
    await eventually(() => expect(bo.seen().map((message) => message.id)).toEqual([draft.id]))
    await eventually(() => expect(ada.seen().map((message) => message.id)).toEqual([draft.id]))
    expect((await ada.send(draft)).seq).toBe(1)
    expect(await storedOn(chat.other)).toEqual(['held'])
    expect((await bo.send('next')).seq).toBe(2)
  })
})
