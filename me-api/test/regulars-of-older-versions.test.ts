import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { readNick } from '../src/nicks/nick.ts'
import { DAY, joinAs, morning, nickOf, openSite, regular, siteWithRegular } from './support/regulars.ts'
import type { TestApp } from './support/start-app.ts'
import { eventually } from './support/visitors.ts'

describe('authors of an older version', () => {
  /** Makes what is stored look as that version left it. */
  const forgetKeys = ({ db }: TestApp) =>
    db.updateTable('visitors').set({ nick_key: null, nick_look: null, nick_kept_until: null }).execute()

  test('regulars among them are known after the start, and those without a valid nick stay as they are', async () => {
    const { site, token } = await siteWithRegular({ settings: { LIMIT_JOINS: 'off' } })
    for (let n = 0; n < 3; n++) await joinAs(site.app, `bo ${n}`).expect(201)
    await forgetKeys(site.app)
    const rows = Array.from({ length: 250 }, (_, n) => {
      return {
        id: randomUUID(),
        nick: n === 0 ? 'a.example.org' : `Cy ${n}`,
        tab: null,
        created_at: n,
        seen_at: n,
      }
    })
    await site.app.db.insertInto('visitors').values(rows).execute()
    await site.app.close()

    const { app } = await openSite({ folder: site.folder, start: site.clock.now() + 7 * DAY })
    const keysOf = () =>
      app.db.selectFrom('visitors').select(['nick', 'nick_key', 'nick_look', 'nick_kept_until']).execute()
    const filled = await eventually(async () => {
      const all = await keysOf()
      expect(all.filter(({ nick_key }) => nick_key === null)).toMatchObject([{ nick: 'a.example.org' }])
      return all
    })
    for (const { nick, nick_key, nick_look } of filled.filter(({ nick_key }) => nick_key !== null))
      expect({ nick, key: nick_key, look: nick_look }).toEqual(readNick(nick))
    await eventually(() => joinAs(app, 'ada').expect(409, /NICK_TAKEN/))
    await joinAs(app, 'bo 1').expect(201)
    expect(await nickOf(app, token)).toBe('ada')
  })

  test('of two who wrote under one nick the one seen last keeps it', async () => {
    const site = await openSite()
    const first = await regular(site)
    await forgetKeys(site.app)
    const second = await regular(site)
    expect(await nickOf(site.app, second)).toBe('ada')
    await forgetKeys(site.app)
    await site.app.close()
    const { app } = await openSite({ folder: site.folder, start: site.clock.now() + DAY })
    await eventually(() => joinAs(app, 'ada').expect(409, /NICK_TAKEN/))
    expect(await nickOf(app, first)).toBeNull()
    expect(await nickOf(app, second)).toBe('ada')
  })

  test('authors who are no visitors keep no nick', async () => {
    const { app } = await openSite()
    const rows = [0, 1, 2].map((day) => ({
      ...{
        id: randomUUID(),
        room: 'lobby',
        seq: day + 1,
        rev: day + 1,
        author_id: randomUUID(),
        nick: 'ada',
      },
      ...{ role: 'visitor' as const, text: 'hej', sent_at: morning - day * DAY, words: 'hej' },
      ...{ edited_at: null, deleted_at: null, reply_to: null, reactions: null },
    }))
    await app.db.insertInto('messages').values(rows).execute()
    await joinAs(app, 'ada').expect(201)
  })
})
