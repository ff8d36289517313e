import { expect, test } from '@jest/globals'
import type { Kysely } from 'kysely'
import { readConfig } from '../src/config.ts'
import type { DatabaseKind } from '../src/db/database-url.ts'
import { migrationsOf } from '../src/db/migrations/index.ts'
import { openDatabase } from '../src/db/open-database.ts'
import { databaseOf } from './support/database.ts'
import { connected, describeNodes, startNodes } from './support/nodes.ts'
import { api, bearer, memberAccount, memberToken, ownerToken } from './support/rest.ts'
import { closeAfterTest } from './support/start-app.ts'
import { eventually, visitor } from './support/visitors.ts'

/** Adds to every table there is, and a table: all that a newer version may do while this one runs. */
async function growEverywhere(db: Kysely<unknown>): Promise<void> {
  const tables = (await db.introspection.getTables()).filter(({ name }) => !name.startsWith('kysely_'))
  expect(tables.length).toBeGreaterThan(10)
  for (const { name } of tables)
    await db.schema
      .alterTable(name)
      .addColumn('of_newer_version', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
  await db.schema.createTable('newer').addColumn('id', 'text').execute()
}

describeNodes('a node of an older version', () => {
  test('goes on while a newer one has migrated the database, and is refused in a line when it starts', async () => {
    const [one, other] = await startNodes({ settings: { LIMIT_MESSAGES: 'off' } })
    await connected(one!, other!)
    const [ada, bo] = [await visitor(one!, 'ada'), await visitor(other!, 'bo')]
    await Promise.all([ada.enter(), bo.enter()])
    const writing = (async () => {
      for (let count = 0; count < 100; count++) await ada.send(`meanwhile ${count}`)
    })()

    const migrations = (kind: DatabaseKind) => ({
      ...migrationsOf(kind),
      '9999_newer': { up: growEverywhere },
    })
    const { DATABASE_URL: where } = readConfig(await databaseOf(one!.folder))
    const newer = await openDatabase(where, { migrations })
    closeAfterTest(() => newer.destroy())
    await writing

    // Whoever was there writes, edits and takes back; who comes is new, signs in, and reads and searches.
    const { id } = await bo.send('after it')
    await bo.ask('message:edit', { id, text: 'changed after it' })
    await bo.ask('message:react', { id, emoji: '👍', on: true })
    const cy = await visitor(one!, 'cy')
    await cy.enter()
    await cy.send('new here')
    await eventually(() => expect(ada.seen().at(-1)?.text).toBe('new here'))
    expect(ada.seen().findLast((message) => message.id === id)?.text).toBe('changed after it')
    const member = bearer(await memberToken(one!, { ...memberAccount, nick: 'Dee' }))
    await api(other!).get('/api/me').set(member).expect(200)
    const owner = bearer(await ownerToken(other!))
    await api(one!).post('/api/chat/rooms').set(owner).send({ name: 'tea', title: 'Tea' }).expect(201)
    await bo.enter(null, 'tea')
    const found = await api(one!).get('/api/chat/search?q=changed').expect(200)
    expect(found.body.data.messages).toHaveLength(1)
    const texts = ada.seen().map(({ text }) => text)
    expect(texts.filter((text) => text.startsWith('meanwhile'))).toHaveLength(100)

    await expect(startNodes({ count: 1, folder: one!.folder })).rejects.toMatchObject({
      lines: [expect.stringMatching(/it was written by a newer version of this program$/)],
    })
  })
})
