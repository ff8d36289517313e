import { describe, expect, test } from '@jest/globals'
import { createVisitorSweep } from '../src/chat/identity/visitor-sweep.ts'
import { createVisitorsStore } from '../src/chat/identity/visitors.store.ts'
import type { Message } from '../src/contract/index.ts'
import { createRegulars, keptUntil } from '../src/nicks/regulars.ts'
import { tokenOf } from './support/moderation.ts'
import { plainSocket } from './support/plain-websocket.ts'
import {
  DAY,
  goAway,
  joinAs,
  leapingClock,
  MINUTE,
  morning,
  nickOf,
  openSite,
  password,
  register,
  regular,
  siteWithRegular,
  writeAndGo,
  wrote,
} from './support/regulars.ts'
import { api, bearer, memberToken, ownerToken, signIn, withOwner } from './support/rest.ts'
import { connect, refusedConnection, visitor } from './support/visitors.ts'

describe('a visitor who wrote on three days', () => {
  test.each(['ada', 'ADA', 'Ádä', 'аdа', 'ａｄａ'])(
    'keeps the nick ada while away: nobody gets %s in any way',
    async (nick) => {
      const site = await openSite()
      const { app, clock } = site
      const owner = await ownerToken(app)
      const member = await memberToken(app)
      const renamed = await connect(app, { auth: { token: member } })
      await renamed.setNick('Countess')
      const token = await regular(site)
      clock.leap(7 * DAY)

      expect(await refusedConnection(app, { auth: { nick } })).toMatchObject({ code: 'NICK_TAKEN' })
      expect(await refusedConnection(app, { auth: { nick, tab: 'another tab' } })).toMatchObject({
        code: 'NICK_TAKEN',
      })
      expect(await plainSocket(app, `?nick=${encodeURIComponent(nick)}`).closed).toEqual({
        code: 4409,
        reason: 'NICK_TAKEN',
      })
      await joinAs(app, nick).expect(409, /NICK_TAKEN/)
      const [reader, bo] = [await connect(app), await visitor(app, 'bo')]
      for (const one of [reader, bo, renamed, await connect(app, { auth: { token: owner } })])
        expect(await one.emit('nick:set', { nick })).toMatchObject({ error: { code: 'NICK_TAKEN' } })
      await register(app, nick).expect(409, /NICK_TAKEN/)
      await register(app, nick, bearer(tokenOf(bo))).expect(409, /NICK_TAKEN/)

      expect(await nickOf(app, token)).toBe('ada')
    },
  )

  test('keeps the nick when everything is done over REST', async () => {
    const { app, clock } = await openSite()
    const { body } = await joinAs(app, 'ada').expect(201)
    const { token } = (body as { data: { token: string } }).data
    for (let day = 0; day < 3; day++) {
      const sent = api(app).post('/api/chat/rooms/lobby/messages').set(bearer(token)).send({ text: 'hej' })
      await sent.expect(201)
      await joinAs(app, 'ada').expect(409)
      clock.leap(day === 2 ? 2 * MINUTE : DAY)
    }
    await joinAs(app, 'ada').expect(409, /NICK_TAKEN/)
  })

  test('keeps it for thirty days, the last written one included, and each written day prolongs that', async () => {
    const { site, app, clock, token } = await siteWithRegular()
    clock.leap(20 * DAY)
    await writeAndGo(site, { token }, 29 * DAY)
    await joinAs(app, 'ada').expect(409)
    clock.leap(DAY)
    await joinAs(app, 'ada').expect(201)
    expect(await nickOf(app, token)).toBeNull()
  })

  test('chooses another nick where it was taken after the thirty days; the new one is not kept at once', async () => {
    const { site, app, clock, token } = await siteWithRegular()
    clock.leap(30 * DAY)
    await joinAs(app, 'ada').expect(201)
    const back = await connect(app, { auth: { token } })
    await back.setNick('ada 2')
    await back.send('hej')
    await goAway(site, back)
    await joinAs(app, 'ada 2').expect(201)
  })

  test.each([
    ['two days', [0, 1]],
    ['one day, three times', [0, 0, 0]],
    ['three days that are further apart', [0, 15, 30]],
  ])('does not keep the nick: %s', async (_, days) => {
    const site = await openSite()
    await wrote(site, 'ada', days)
    await joinAs(site.app, 'ada').expect(201)
  })

  test('days are those of UTC, however little time passes', async () => {
    const site = await openSite({ start: Date.parse('2026-03-03T23:59:00Z') })
    const { token } = await writeAndGo(site, { nick: 'ada' }, 2 * MINUTE)
    await writeAndGo(site, { token }, DAY)
    await joinAs(site.app, 'ada').expect(201)
    site.clock.leap(2 * MINUTE)
    await writeAndGo(site, { token }, 2 * MINUTE)
    await joinAs(site.app, 'ada').expect(409)
  })

  test('gives the nick up by taking another one, and keeps it again by taking it back', async () => {
    const { site, app, token } = await siteWithRegular()
    const ada = await connect(app, { auth: { token } })
    await ada.setNick('Countess')
    await ada.send('hej')
    await joinAs(app, 'ada').expect(409)
    await goAway(site, ada)
    await joinAs(app, 'Countess').expect(201)
    const back = await connect(app, { auth: { token } })
    await back.setNick('ada')
    await goAway(site, back)
    await joinAs(app, 'ada').expect(409, /NICK_TAKEN/)
  })

  test('loses a nick that somebody else took after a change of nick', async () => {
    const { app, clock, token } = await siteWithRegular()
    const ada = await connect(app, { auth: { token } })
    await ada.setNick('Countess')
    clock.leap(2 * MINUTE)
    await visitor(app, 'ada')
    expect(await ada.emit('nick:set', { nick: 'ada' })).toMatchObject({ error: { code: 'NICK_TAKEN' } })
  })

  test('keeps a nick that is written in another way', async () => {
    const { site, app, token } = await siteWithRegular()
    const ada = await connect(app, { auth: { token } })
    await ada.setNick('ADA')
    await goAway(site, ada)
    await joinAs(app, 'ada').expect(409)
    expect(await nickOf(app, token)).toBe('ADA')
  })

  test('is the same visitor in the same tab without the token, after days and in no other tab', async () => {
    const { app, clock } = await siteWithRegular({ tab: 'tab 1' })
    clock.leap(7 * DAY)
    for (const auth of [{ nick: 'Ada', tab: 'tab 1' }, { nick: 'ada', tab: 'tab 2' }, { nick: 'ada' }])
      expect(await refusedConnection(app, { auth })).toMatchObject({ code: 'NICK_TAKEN' })
    const [known] = await app.db.selectFrom('visitors').selectAll().execute()
    const back = await visitor(app, 'ada', 'tab 1')
    expect(back.welcome.self).toEqual({ id: known?.id, nick: 'ada', role: 'visitor' })
    await back.send('hej')
    expect(await nickOf(app, tokenOf(back))).toBe('ada')
    // Another connection holds it now, too.
    await joinAs(app, 'ada').expect(409)
  })

  test('may register with the nick', async () => {
    const site = await openSite()
    const { app, clock } = site
    await withOwner(app)
    const token = await regular(site)
    clock.leap(7 * DAY)
    await register(app, 'ada', bearer(token)).expect(201)
    expect(await nickOf(app, await signIn(app, { email: 'new@example.net', password }))).toBe('ada')
    await joinAs(app, 'ada').expect(409, /NICK_RESERVED/)
  })

  test('keeps it only as a member after registering: given up, it is free and can be taken back', async () => {
    const site = await openSite()
    const { app, clock } = site
    await withOwner(app)
    const visitorToken = await regular(site)
    const tab = await connect(app, { auth: { token: visitorToken } })
    const { body } = await register(app, 'ADA', bearer(visitorToken)).expect(201)
    const { token } = (body as { data: { token: string } }).data
    // A tab that is still open writes under the nick on another day.
    clock.leap(DAY)
    await tab.send('hej')
    await goAway(site, tab)
    const rename = (nick: string) => api(app).patch('/api/me').set(bearer(token)).send({ nick, password })
    await rename('Countess').expect(200)
    await rename('ada').expect(200)
    await api(app).delete('/api/me').set(bearer(token)).send({ password }).expect(204)
    await joinAs(app, 'ada').expect(201)
  })

  test('does not keep the nick after signing out everywhere', async () => {
    const { site, app, token } = await siteWithRegular({ tab: 'tab 1' })
    await joinAs(app, 'ada').expect(409)
    await api(app).delete('/api/me/sessions').set(bearer(token)).expect(204)
    const other = await visitor(app, 'ada', 'tab 1')
    expect(tokenOf(other)).not.toBe(token)
    await joinAs(app, 'ada').expect(409)
    await goAway(site, other)
    await joinAs(app, 'ada').expect(201)
  })

  test('does not keep the nick from the owner once it is the site’s name', async () => {
    const { app, token } = await siteWithRegular({ nick: 'Lovelace' })
    const owner = await ownerToken(app)
    const page = { name: 'Ada Lovelace', headline: 'hej', text: 'hej', links: [] }
    await api(app).put('/api').set(bearer(owner)).send(page).expect(200)
    const me = await connect(app, { auth: { token: owner } })
    expect(await me.emit('nick:set', { nick: 'lovelace' })).toMatchObject({ error: { code: 'NICK_TAKEN' } })
    const other = { ...page, name: 'Lovelace' }
    await api(app).put('/api').set(bearer(owner)).send(other).expect(200)
    expect(await me.setNick('lovelace')).toMatchObject({ self: { nick: 'lovelace' } })
    expect(await nickOf(app, token)).toBeNull()
  })

  test('keeps the nick over a restart, with a retention that is shorter, and is not deleted as silent', async () => {
    const { site, token } = await siteWithRegular({ settings: { CHAT_RETENTION_DAYS: '3' } })
    const id = JSON.parse(atob(token.split('.')[1] ?? '')).sub as string
    await site.app.close()
    const later = await openSite({
      folder: site.folder,
      start: morning + 20 * DAY,
      settings: { CHAT_RETENTION_DAYS: '3' },
    })
    const { app, clock } = later
    expect(await app.db.selectFrom('messages').selectAll().execute()).toEqual([])
    const { sweep } = createVisitorSweep({ store: createVisitorsStore(app.db), clock, onFault: () => {} })
    await sweep()
    await joinAs(app, 'ada').expect(409, /NICK_TAKEN/)
    clock.leap(20 * DAY)
    await sweep()
    expect(await app.db.selectFrom('visitors').selectAll().where('id', '=', id).execute()).toEqual([])
    await joinAs(app, 'ada').expect(201)
  })

  test('costs others who ask for the nick neither a proof of work nor a try of LIMIT_JOINS', async () => {
    const { app } = await siteWithRegular({ settings: { PROOF_OF_WORK: 'off', LIMIT_JOINS: '2/1h' } })
    for (let time = 0; time < 5; time++) await joinAs(app, 'ada').expect(409, /NICK_TAKEN/)
    await joinAs(app, 'bo').expect(201)
  })

  test('and somebody else want the nick at once when it is free again: one of them gets it', async () => {
    const { app, clock, token } = await siteWithRegular({ settings: { LIMIT_JOINS: 'off' } })
    clock.leap(30 * DAY)
    for (let round = 0; round < 6; round++) {
      const [mine, theirs] = await Promise.all([
        api(app).post('/api/chat/rooms/lobby/messages').set(bearer(token)).send({ text: 'hej' }),
        joinAs(app, 'ada'),
      ])
      expect([mine.status, theirs.status].toSorted()).toEqual(mine.status === 201 ? [201, 409] : [201, 400])
      clock.leap(2 * MINUTE)
    }
  })
})

describe('how long a nick is kept', () => {
  test.each<[string, number[], number | null]>([
    ['nobody wrote', [], null],
    ['two days', [7, 8], null],
    ['three days in a row', [7, 8, 9], 39],
    ['in any order', [9, 7, 8], 39],
    ['the first and the last of thirty days', [0, 10, 29], 59],
    ['one day more', [0, 10, 30], null],
    ['many days', [1, 2, 3, 4, 5, 6], 36],
    ['a later day that makes nobody a regular takes nothing away', [1, 2, 3, 33], 33],
    ['the latest three that do', [1, 2, 3, 30, 31, 32, 61], 62],
  ])('%s', (_, days, until) => {
    expect(keptUntil(days)).toBe(until === null ? null : until * DAY)
  })

  test('a message is acknowledged where the database fails meanwhile, and the next one makes up for it', async () => {
    const faults: unknown[] = []
    let asked = 0
    const regulars = createRegulars({
      store: {
        keepersOf: async () => [],
        daysWritten: async () => {
          if (++asked === 1) throw new Error('the database is away')
          return []
        },
        keep: async () => {},
      },
      clock: leapingClock(),
      onFault: (error) => faults.push(error),
    })
    const message = {
      author: { id: 'ada', nick: 'ada', role: 'visitor' },
      sentAt: new Date(morning).toISOString(),
    } as Message
    for (let time = 0; time < 3; time++) await regulars.wrote(message)
    expect(faults).toHaveLength(1)
    expect(asked).toBe(2)
  })
})
