import { describe, expect, test } from '@jest/globals'
import { createPresence } from '../src/chat/presence/presence.ts'
import type { Person, PresenceChange } from '../src/contract/index.ts'
import { noInterchange } from '../src/nodes/interchange.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, ownerToken } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

const person = (nick: string, role: Person['role'] = 'visitor'): Person => ({
  id: `id of ${nick}`,
  nick,
  role,
})
const [ada, bo] = [person('ada'), person('bo')]

function house() {
  const clock = manualClock()
  const frames: PresenceChange[] = []
  const tell = (change: PresenceChange) => frames.push(change)
  return { clock, frames, presence: createPresence({ clock, interchange: noInterchange, tell }) }
}

describe('presence', () => {
  test('presence announces arrivals at once and departures after ten seconds', () => {
    const { clock, frames, presence } = house()
    presence.opened(ada)
    clock.advance(0)
    expect(frames).toEqual([{ joined: [ada], left: [], total: 1 }])
    presence.closed(ada.id)
    clock.advance(9_999)
    expect(frames).toHaveLength(1)
    expect(presence.list().total).toBe(1)
    clock.advance(1)
    expect(frames.slice(1)).toEqual([{ joined: [], left: [ada.id], total: 0 }])
  })

  test('presence hides a reconnect within ten seconds', () => {
    const { clock, frames, presence } = house()
    presence.opened(ada)
    clock.advance(1_000)
    presence.closed(ada.id)
    clock.advance(9_000)
    presence.opened(ada)
    clock.advance(60_000)
    expect(frames).toHaveLength(1)
  })

  test('presence counts a person with three tabs once', () => {
    const { clock, frames, presence } = house()
    for (let tab = 0; tab < 3; tab++) presence.opened(ada)
    clock.advance(1_000)
    presence.closed(ada.id)
    presence.closed(ada.id)
    clock.advance(60_000)
    expect(frames).toEqual([{ joined: [ada], left: [], total: 1 }])
  })

  test('presence sends at most one frame a second', () => {
    const { clock, frames, presence } = house()
    for (let n = 0; n < 100; n++) {
      presence.opened(person(`person ${n}`))
      clock.advance(50)
    }
    clock.advance(1_000)
    expect(frames.length).toBeLessThanOrEqual(7)
    expect(frames.flatMap(({ joined }) => joined)).toHaveLength(100)
    expect(frames.at(-1)?.total).toBe(100)
  })

  test('presence announces a new nick as a join with the same id', () => {
    const { clock, frames, presence } = house()
    presence.opened(ada)
    clock.advance(1_000)
    presence.renamed({ ...ada, nick: 'Ada L' })
    clock.advance(1_000)
    expect(frames.at(-1)).toEqual({ joined: [{ ...ada, nick: 'Ada L' }], left: [], total: 1 })
  })

  test('presence lists two hundred people, the owner first, and counts all', () => {
    const { presence } = house()
    for (let n = 0; n < 300; n++) presence.opened(person(`person ${n}`))
    const owner = person('me', 'owner')
    presence.opened(owner)
    const { people, total } = presence.list()
    expect(people).toHaveLength(200)
    expect(people[0]).toEqual(owner)
    expect(total).toBe(301)
  })
})

test('visitors see each other, and readers are not counted', async () => {
  const app = await startApp()
  const one = await visitor(app, 'ada')
  await connect(app)
  const other = await visitor(app, 'bo')
  expect(other.welcome).toMatchObject({ people: [{ nick: 'ada' }, { nick: 'bo' }], total: 2 })
  await eventually(() =>
    expect(one.presence.at(-1)).toEqual({ joined: [other.welcome.self], left: [], total: 2 }),
  )
  await other.setNick(`${bo.nick} 2`)
  await eventually(() =>
    expect(one.presence.at(-1)).toMatchObject({ joined: [{ id: other.welcome.self?.id, nick: 'bo 2' }] }),
  )
})

test('GET /api/chat/presence lists the people present and the owner’s last visit', async () => {
  const app = await startApp()
  const empty = await api(app).get('/api/chat/presence').expect(200)
  expect(empty.body.data).toEqual({ total: 0, people: [], owner: { here: false, lastSeenAt: null } })
  expect(empty.headers['cache-control']).toBe('public, max-age=5')
  const owner = await connect(app, { auth: { token: await ownerToken(app) } })
  await eventually(async () => {
    const { body } = await api(app).get('/api/chat/presence')
    const lastSeenAt = expect.stringMatching(/Z$/)
    expect(body.data).toEqual({ total: 1, people: [owner.welcome.self], owner: { here: true, lastSeenAt } })
  })
})
