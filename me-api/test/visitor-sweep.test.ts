import { expect, test } from '@jest/globals'
import { createAddressHashes } from '../src/chat/moderation/address-hash.ts'
import { createLastAddresses } from '../src/chat/moderation/last-addresses.ts'
import { createVisitorSweep } from '../src/chat/identity/visitor-sweep.ts'
import { createVisitorsStore } from '../src/chat/identity/visitors.store.ts'
import { manualClock } from './support/manual-clock.ts'
import { api } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, eventually, leave, visitor } from './support/visitors.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const idsIn = async ({ db }: TestApp): Promise<string[]> =>
  (await db.selectFrom('visitors').select('id').orderBy('id').execute()).map(({ id }) => id)

/** Stores visitors who came once, one a millisecond until that time. */
async function cameOnce({ db }: TestApp, names: string[], at: number): Promise<void> {
  const rows = names.map((id, index) => {
    const time = at - names.length + index
    return { id, nick: id, tab: null, created_at: time, seen_at: time }
  })
  for (let from = 0; from < rows.length; from += 1_000)
    await db
      .insertInto('visitors')
      .values(rows.slice(from, from + 1_000))
      .execute()
}

test('a visitor who never wrote is removed after a week, and returns without the nick', async () => {
  const clock = manualClock()
  const app = await startApp({ clock })
  const [silent, wrote, here] = [
    await visitor(app, 'silent'),
    await visitor(app, 'wrote'),
    await visitor(app, 'here'),
  ]
  const { id } = await wrote.send('hej')
  await leave(app, silent)
  await leave(app, wrote)
  const idOf = ({ welcome }: typeof silent) => welcome.self?.id ?? ''
  clock.advance(6 * DAY)
  await eventually(async () => expect(await idsIn(app)).toHaveLength(3))
  await eventually(async () => {
    clock.advance(HOUR)
    expect(await idsIn(app)).toEqual([idOf(wrote), idOf(here)].toSorted())
  })

  const back = await connect(app, { auth: { token: silent.welcome.token ?? '' } })
  expect(back.welcome.self).toEqual({ id: idOf(silent), nick: null, role: 'visitor' })
  expect(await back.emit('message:send', { room: 'lobby', id, text: 'hej' })).toMatchObject({
    ok: false,
  })
  expect(await back.setNick('silent')).toMatchObject({ self: { id: idOf(silent), nick: 'silent' } })
  await back.send('here I am')
  const known = await connect(app, { auth: { token: wrote.welcome.token ?? '' } })
  expect(known.welcome.self?.nick).toBe('wrote')
})

test('the visitor sweep removes the oldest silent visitors beyond the maximum, at the earliest after an hour', async () => {
  const clock = manualClock()
  const app = await startApp({ clock })
  const now = clock.now()
  const writer = await api(app).post('/api/chat/visitors').send({ nick: 'writer' }).expect(201)
  const { self, token } = (writer.body as { data: { self: { id: string }; token: string } }).data
  await api(app)
    .post('/api/chat/rooms/lobby/messages')
    .set('authorization', `Bearer ${token}`)
    .send({ text: 'hej' })
    .expect(201)
  await app.db
    .updateTable('visitors')
    .set({ seen_at: now - 6 * DAY })
    .execute()
  const named = (kind: string, count: number) =>
    Array.from({ length: count }, (_, n) => `${kind} ${String(n).padStart(5, '0')}`)
  await cameOnce(app, named('earlier', 3_000), now - 3 * DAY)
  await cameOnce(app, named('later', 1_500), now - 2 * HOUR)
  await cameOnce(app, named('now', 700), now - 60_000)
  const { sweep } = createVisitorSweep({
    store: createVisitorsStore(app.db),
    clock,
    onFault: () => {},
    visitorsMax: 2_200,
  })
  await sweep()
  expect(await idsIn(app)).toEqual([self.id, ...named('later', 1_500), ...named('now', 700)].toSorted())

  await cameOnce(app, named('raid', 2_500), now)
  await sweep()
  expect(await idsIn(app)).toEqual([self.id, ...named('now', 700), ...named('raid', 2_500)].toSorted())
  clock.advance(HOUR)
  await sweep()
  expect(await idsIn(app)).toEqual([self.id, ...named('raid', 2_500).slice(300)].toSorted())
})

test('last addresses are kept for at most 20,000 people while the database is unavailable', async () => {
  let kept: string[] = []
  let isDown = true
  const store = {
    keep: async (rows: { person_id: string }[]) => {
      if (isDown) throw new Error('the database is away')
      kept = rows.map(({ person_id }) => person_id)
    },
    forgetBefore: async () => {},
    of: async () => null,
  }
  const lastAddresses = createLastAddresses({
    store,
    clock: manualClock(),
    addressHashesOf: createAddressHashes('a secret'),
  })
  for (let n = 0; n < 30_000; n++) lastAddresses.note(`person ${n}`, '192.0.2.1')
  await expect(lastAddresses.keep()).rejects.toThrow('away')
  isDown = false
  await lastAddresses.keep()
  expect(kept).toHaveLength(20_000)
  expect(kept.at(-1)).toBe('person 29999')
})
