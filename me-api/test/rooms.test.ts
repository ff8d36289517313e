import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createHistoryTransfer } from '../src/chat/log/history-transfer.ts'
import type { Room } from '../src/contract/index.ts'
import { holdDatabase } from './support/database.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, memberToken, ownerToken, refusal } from './support/rest.ts'
import { type TestApp, startApp, temporaryFolder } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

const asOwner = async (app: TestApp) => {
  const token = bearer(await ownerToken(app))
  return {
    add: (room: object) => api(app).post('/api/chat/rooms').set(token).send(room),
    change: (name: string, changes: object) =>
      api(app).patch(`/api/chat/rooms/${name}`).set(token).send(changes),
    remove: (name: string) => api(app).delete(`/api/chat/rooms/${name}`).set(token),
  }
}

const attic = {
  name: 'attic',
  kind: 'open',
  title: 'The attic',
  locked: false,
  slowSeconds: 0,
  seq: 0,
  rev: 0,
}
const failure = (code: string) => ({ ok: false, error: { code } })

test('the owner creates, changes and removes rooms, and every client receives room:updated', async () => {
  const app = await startApp()
  const owner = await asOwner(app)
  const ada = await visitor(app, 'ada')
  const heard: Room[][] = []
  ada.socket.on('room:updated', ({ rooms }) => heard.push(rooms))
  const lobby = ada.welcome.rooms[0]!

  const added = await owner.add({ name: 'attic', title: ' The attic ' }).expect(201)
  expect(added.body.data).toEqual(attic)
  await eventually(() => expect(heard).toEqual([[attic, lobby]]))

  const changed = await owner.change('attic', { title: 'Loft', locked: true, slowSeconds: 5 }).expect(200)
  const loft = { ...attic, title: 'Loft', locked: true, slowSeconds: 5 }
  expect(changed.body.data).toEqual(loft)
  await eventually(() => expect(heard.at(-1)).toEqual([loft, lobby]))

  await owner.remove('attic').expect(204)
  await eventually(() => expect(heard.at(-1)).toEqual([lobby]))
  expect(await ada.emit('room:enter', { room: 'attic', after: null })).toMatchObject(failure('NOT_FOUND'))
})

/** Holds back what the lists of rooms answer, until each returned function is called. */
function holdLists({ db }: TestApp): (() => void)[] {
  const held: (() => void)[] = []
  const selectFrom = db.selectFrom.bind(db) as (table: string) => object
  const hold = (query: object): object =>
    new Proxy(query, {
      get(_, key) {
        const member = Reflect.get(query, key) as (...given: unknown[]) => object
        return key === 'execute' ? late : (...given: unknown[]) => hold(member.apply(query, given))
        async function late() {
          const rows = await member.call(query)
          await new Promise<void>((resolve) => held.push(resolve))
          return rows
        }
      },
    })
  Object.assign(db, { selectFrom: (table: string) => (table === 'rooms' ? hold : same)(selectFrom(table)) })
  return held
}

const same = <Value>(value: Value): Value => value

test('lists of rooms that are read late never replace newer ones', async () => {
  const app = await startApp()
  const owner = await asOwner(app)
  const ada = await visitor(app, 'ada')
  const heard: string[] = []
  ada.socket.on('room:updated', ({ rooms }) => heard.push(rooms.map(({ name }) => name).join()))
  const held = holdLists(app)

  const early = connect(app)
  await eventually(() => expect(held).toHaveLength(1))
  const answers = ['attic', 'cellar'].map(async (name, n) => {
    await eventually(() => expect(held).toHaveLength(1 + n))
    return owner.add({ name, title: name }).expect(201)
  })
  await eventually(() => expect(held).toHaveLength(3))
  const [ofWelcome, first, second] = held.splice(0)
  second!()
  await eventually(() => expect(heard).toEqual(['attic,cellar,lobby']))
  first!()
  await Promise.all(answers)
  ofWelcome!()
  await eventually(() => expect(held).toHaveLength(1))
  held[0]!()
  expect((await early).welcome.rooms.map(({ name }) => name)).toEqual(['attic', 'cellar', 'lobby'])
  expect(heard).toEqual(['attic,cellar,lobby'])
})

test('a refused entry does not take a later entry of the same connection out of the room', async () => {
  const app = await startApp()
  if (app.kind !== 'sqlite') return
  const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
  const release = await holdDatabase(app)
  const early = bo.emit('room:enter', { room: 'attic', after: null })
  // Its answer shows that the server has received the events before it.
  await bo.emit('room:peek')
  const adding = app.db.insertInto('rooms').values({ name: 'attic', title: 'Attic' }).execute()
  const late = bo.emit('room:enter', { room: 'attic', after: 0 })
  await bo.emit('room:peek')
  release()
  await adding
  expect(await early).toMatchObject(failure('NOT_FOUND'))
  expect(await late).toMatchObject({ ok: true })
  const sent = await ada.send({ room: 'attic', text: 'hej' })
  await eventually(() => expect(bo.seen()).toEqual([sent]))
})

test('only the owner can create, change or remove rooms', async () => {
  const app = await startApp()
  const member = bearer(await memberToken(app))
  await api(app).post('/api/chat/rooms').send(attic).expect(401)
  await api(app).post('/api/chat/rooms').set(member).send(attic).expect(403)
  await api(app).patch('/api/chat/rooms/lobby').set(member).send({ locked: true }).expect(403)
  await api(app).delete('/api/chat/rooms/lobby').set(member).expect(403)
})

test('invalid, duplicate and unknown rooms and the removal of the lobby are refused with their codes', async () => {
  const app = await startApp()
  const owner = await asOwner(app)
  expect((await owner.add({ name: 'Attic', title: 'x' }).expect(400)).body).toEqual(
    refusal(400, 'INVALID', '/name'),
  )
  expect((await owner.add({ name: 'attic' }).expect(400)).body).toEqual(refusal(400, 'INVALID', '/title'))
  expect((await owner.add({ name: 'lobby', title: 'x' }).expect(409)).body).toEqual(
    refusal(409, 'CONFLICT', '/name'),
  )
  expect((await owner.change('lobby', { slowSeconds: -1 }).expect(400)).body).toEqual(
    refusal(400, 'INVALID', '/slowSeconds'),
  )
  await owner.change('attic', { title: 'x' }).expect(404)
  await owner.remove('attic').expect(404)
  expect((await owner.remove('lobby').expect(403)).body).toEqual(refusal(403, 'FORBIDDEN'))
})

test('a re-created room continues its sequence numbers without its old messages', async () => {
  const app = await startApp()
  const owner = await asOwner(app)
  await owner.add({ name: 'attic', title: 'One' }).expect(201)
  const ada = await visitor(app, 'ada')
  for (const text of ['one', 'two', 'three']) await ada.send({ room: 'attic', text })
  await owner.remove('attic').expect(204)
  const again = await owner.add({ name: 'attic', title: 'Two' }).expect(201)
  expect(again.body.data).toEqual({ ...attic, title: 'Two', seq: 3, rev: 4 })
  // A reader who was up to date is reset too: the messages they hold are gone.
  expect(await ada.enter(3, 'attic')).toEqual({ room: 'attic', from: 0, to: 4, messages: [], reset: true })
  expect(await ada.send({ room: 'attic', text: 'four' })).toMatchObject({ seq: 4, rev: 5 })
})

test('the server keeps answering requests while it removes a large room', async () => {
  const app = await startApp()
  const token = await ownerToken(app)
  await api(app).post('/api/chat/rooms').set(bearer(token)).send({ name: 'full', title: 'Full' }).expect(201)
  const lines = Array.from({ length: 2_000 }, (_, n) => ({ nick: 'ada', text: `number ${n}`, sentAt: n }))
  await createHistoryTransfer(app.db).importLines('full', lines)
  let isRemoved = false
  const removing = api(app).delete('/api/chat/rooms/full').set(bearer(token)).expect(204)
  void removing.then(() => (isRemoved = true))
  let answered = 0
  while (!isRemoved) {
    await api(app).get('/healthz').expect(200)
    answered++
  }
  expect(answered).toBeGreaterThan(3)
  await api(app).get('/api/chat/rooms/full/messages').expect(404)
})

describe('a locked room', () => {
  test('in a locked room visitors can only delete their own messages, and the owner can write', async () => {
    const app = await startApp()
    const owner = await asOwner(app)
    const [ada, me] = [
      await visitor(app, 'ada'),
      await connect(app, { auth: { token: await ownerToken(app) } }),
    ]
    const { id } = await ada.send('before')
    await owner.change('lobby', { locked: true }).expect(200)
    const draft = { room: 'lobby', id: randomUUID(), text: 'x' }
    expect(await ada.emit('message:send', draft)).toMatchObject(failure('ROOM_LOCKED'))
    expect(await ada.emit('message:edit', { id, text: 'x' })).toMatchObject(failure('ROOM_LOCKED'))
    expect(await ada.emit('message:react', { id, emoji: '👍', on: true })).toMatchObject(
      failure('ROOM_LOCKED'),
    )
    expect(await ada.send({ id, text: 'again' })).toMatchObject({ text: 'before' })
    expect(await me.send('I may')).toMatchObject({ text: 'I may' })
    expect(await ada.ask('message:delete', { id })).toMatchObject({ text: '' })
  })
})

describe('slow mode', () => {
  test('slow mode makes each visitor wait between messages, but not the owner or a repeated message id', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const owner = await asOwner(app)
    await owner.change('lobby', { slowSeconds: 30 }).expect(200)
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    const first = await ada.send('one')
    await bo.send('mine')
    clock.advance(10_000)
    const refused = await ada.emit('message:send', { room: 'lobby', id: randomUUID(), text: 'two' })
    expect(refused).toMatchObject({ ok: false, error: { code: 'RATE_LIMITED', retryAfter: 20 } })
    expect(await ada.send({ id: first.id, text: 'one' })).toEqual(first)
    clock.advance(20_000)
    await ada.send('two')
    const me = await connect(app, { auth: { token: await ownerToken(app) } })
    await me.send('one')
    await me.send('two')
  })

  test('slow mode accepts one of several messages sent at the same time', async () => {
    const app = await startApp()
    await (await asOwner(app)).change('lobby', { slowSeconds: 30 }).expect(200)
    const ada = await visitor(app, 'ada')
    const all = await Promise.allSettled(['a', 'b', 'c'].map((text) => ada.send(text)))
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  })

  const tooSoon = (retryAfter: number) =>
    ({ ok: false, error: { code: 'RATE_LIMITED', message: expect.any(String), retryAfter } }) as object

  test('slow mode counts an edit as a send', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    await (await asOwner(app)).change('lobby', { slowSeconds: 30 }).expect(200)
    const ada = await visitor(app, 'ada')
    const { id, rev } = await ada.send('one')
    clock.advance(5_000)
    expect(await ada.emit('message:edit', { id, text: 'two' })).toEqual(tooSoon(25))
    expect((await api(app).get(`/api/chat/messages/${id}`)).body.data).toMatchObject({ text: 'one', rev })
    clock.advance(25_000)
    expect(await ada.ask('message:edit', { id, text: 'two' })).toMatchObject({ text: 'two' })
    expect(await ada.emit('message:edit', { id, text: 'three' })).toEqual(tooSoon(30))
    clock.advance(10_000)
    const draft = { room: 'lobby', id: randomUUID(), text: 'next' }
    expect(await ada.emit('message:send', draft)).toEqual(tooSoon(20))
    clock.advance(20_000)
    await ada.send(draft)
  })

  test('slow mode counts edits of old and of deleted messages, also after a restart', async () => {
    const clock = manualClock()
    const folder = temporaryFolder()
    const before = await startApp({ clock, folder })
    const ada = await visitor(before, 'ada')
    const [one, two] = [await ada.send('one'), await ada.send('two')]
    await (await asOwner(before)).change('lobby', { slowSeconds: 30 }).expect(200)
    clock.advance(60_000)
    await ada.ask('message:edit', { id: one.id, text: 'uno' })
    await ada.ask('message:delete', { id: one.id })
    await before.close()
    const after = await startApp({ clock, folder })
    const again = await connect(after, { auth: { token: ada.welcome.token ?? '' } })
    clock.advance(10_000)
    expect(await again.emit('message:edit', { id: two.id, text: 'dos' })).toEqual(tooSoon(20))
    clock.advance(20_000)
    await again.ask('message:edit', { id: two.id, text: 'dos' })
  })

  test('slow mode spares the owner’s edits, edits that change nothing, reactions and deletions', async () => {
    const app = await startApp({ clock: manualClock() })
    await (await asOwner(app)).change('lobby', { slowSeconds: 30 }).expect(200)
    const me = await connect(app, { auth: { token: await ownerToken(app) } })
    const mine = await me.send('one')
    for (const text of ['two', 'three']) await me.ask('message:edit', { id: mine.id, text })
    const ada = await visitor(app, 'ada')
    const hers = await ada.send('one')
    expect(await ada.ask('message:edit', { id: hers.id, text: 'one' })).toEqual(hers)
    await ada.ask('message:react', { id: mine.id, emoji: '👍', on: true })
    await ada.ask('message:delete', { id: hers.id })
  })

  test('slow mode ignores an edit that the byte limit refuses', async () => {
    const clock = manualClock()
    const app = await startApp({ clock, settings: { LIMIT_MESSAGES: '1000/10s' } })
    const ada = await visitor(app, 'ada')
    const [light, heavy] = [await ada.send('a'), await ada.send('b')]
    const react = (to: { id: string }, emoji: string, on = true) =>
      ada.emit('message:react', { id: to.id, emoji, on })
    for (const emoji of ['🎉', '👋', '🙂']) await react(heavy, emoji)
    await (await asOwner(app)).change('lobby', { slowSeconds: 30 }).expect(200)
    clock.advance(60_000)
    let isLeft = true
    for (let n = 0; isLeft; n++) isLeft = (await react(light, '👍', n % 2 === 0)).ok
    // At once, so that one transaction does both.
    const [edited, sent] = await Promise.all([
      ada.emit('message:edit', { id: heavy.id, text: 'c' }),
      ada.emit('message:send', { room: 'lobby', id: randomUUID(), text: 'next' }),
    ])
    expect(edited).toMatchObject(failure('RATE_LIMITED'))
    expect(sent).toMatchObject({ ok: true })
  })

  test('slow mode keeps the usual refusals of edits: FORBIDDEN, NOT_FOUND and ROOM_LOCKED', async () => {
    const app = await startApp()
    const owner = await asOwner(app)
    await owner.change('lobby', { slowSeconds: 30 }).expect(200)
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    const { id } = await ada.send('one')
    expect(await bo.emit('message:edit', { id, text: 'two' })).toMatchObject(failure('FORBIDDEN'))
    expect(await ada.emit('message:edit', { id: randomUUID(), text: 'two' })).toMatchObject(
      failure('NOT_FOUND'),
    )
    await owner.change('lobby', { locked: true }).expect(200)
    expect(await ada.emit('message:edit', { id, text: 'two' })).toMatchObject(failure('ROOM_LOCKED'))
  })
})

describe('retention', () => {
  test('retention removes old messages, resets readers behind them and keeps the rest', async () => {
    const clock = manualClock()
    const app = await startApp({ clock, settings: { CHAT_RETENTION_DAYS: '2' } })
    const ada = await visitor(app, 'ada')
    for (const text of ['aardvark one', 'aardvark two']) await ada.send(text)
    clock.advance(47 * 3_600_000)
    await ada.send('aardvark three')
    await eventually(async () => {
      // The hour until the next look begins when the one before has ended.
      clock.advance(1_800_000)
      expect((await ada.enter(0)).messages.map(({ text }) => text)).toEqual(['aardvark three'])
    })
    expect(await ada.enter(3)).toMatchObject({ from: 0, to: 4, reset: true })
    expect(await ada.enter(4)).toMatchObject({ from: 4, to: 4, messages: [] })
    const { body } = await api(app).get('/api/chat/search?q=aardvark').expect(200)
    expect(body.data.messages).toHaveLength(1)
    expect(await ada.send('four')).toMatchObject({ seq: 4, rev: 5 })
  })
})
