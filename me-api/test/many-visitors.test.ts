import { expect, test } from '@jest/globals'
import { createLastAddressesStore } from '../src/chat/moderation/last-addresses.store.ts'
import { createVisitorsStore } from '../src/chat/identity/visitors.store.ts'
import { createNickHoldsStore } from '../src/nicks/nick-holds.store.ts'
import { readNick } from '../src/nicks/nick.ts'
import { isPostgres } from './support/database.ts'
import { startApp } from './support/start-app.ts'

/** More than PostgreSQL takes in one statement (65,535); SQLite takes 32,766. */
const many = Array.from({ length: 70_000 }, (_, index) => `visitor ${index}`)

test('a node may have more visitors than a statement has parameters', async () => {
  const { db } = await startApp()
  const store = createVisitorsStore(db)
  const [first = '', last = ''] = [many[0], many.at(-1)]
  for (const id of [first, last])
    await store.add({ id, nick: readNick(id.replace(' ', '-')), tab: null, person: null }, 1)
  await store.saw(many, 7)
  expect([await store.byId(first), await store.byId(last)]).toMatchObject([{ seen_at: 7 }, { seen_at: 7 }])
  expect(await store.signedOut(many)).toEqual([])
  for (const id of [first, last]) await store.signOut(id, 8)
  expect(await store.signedOut(many)).toEqual([first, last])
  const place = { address_key: 'key', address_key_56: null, address_key_48: null, seen_at: 7 }
  await createLastAddressesStore(db).keep(many.map((person_id) => ({ person_id, ...place })))
  if (!isPostgres) return
  const holds = createNickHoldsStore(db)
  await holds.takeAll([first, last].map((id) => ({ id, nick: readNick(id.replace(' ', '-')), tab: null })))
  expect([...(await holds.renew(many))].toSorted()).toEqual([first, last].toSorted())
})
