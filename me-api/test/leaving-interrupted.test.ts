import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import type { Write } from '../src/chat/log/apply-write.ts'
import { commitWrites } from '../src/chat/log/commit.ts'
import { usualReadRule } from '../src/chat/rooms/read-rule.ts'
import type { LeavingWords } from '../src/contract/index.ts'
import { isPostgres } from './support/database.ts'
import {
  chatWithMember,
  departures,
  history,
  leaving,
  namesIn,
  report,
  unlimited,
} from './support/leaving.ts'
import { manualClock } from './support/manual-clock.ts'
import { overview } from './support/moderation.ts'
import { api, bearer, memberAccount, ownerToken, signIn } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, eventually } from './support/visitors.ts'

/** Leaves the database as a server does that ends after the deletion's transaction. */
async function deleteUserOnly({ db }: TestApp, id: string, words: LeavingWords, by_owner = 0): Promise<void> {
  await db.deleteFrom('users').where('id', '=', id).execute()
  await db.insertInto('departures').values({ author_id: id, words, by_owner, left_at: Date.now() }).execute()
}

describe('writing while the account is deleted', () => {
  const author = (id: string) => ({ id, nick: 'Ada', role: 'member' as const })

  test.each<[string, (message: string) => Omit<Write, 'author'>]>([
    ['a send', () => ({ kind: 'send', id: randomUUID(), room: 'lobby', content: { text: 'late' } })],
    ['an edit', (id) => ({ kind: 'edit', id, content: { text: 'late' }, charge: () => {} })],
    ['a reaction', (id) => ({ kind: 'react', id, emoji: '👍', on: true, charge: () => {} })],
    ['a deletion', (id) => ({ kind: 'delete', id })],
  ])('%s that was accepted before and comes to the log after is refused', async (_what, writeOf) => {
    const { app, ada, token, id } = await chatWithMember()
    const said = await ada.send('hej')
    await leaving(app, token).expect(204)
    const [before] = await history(app)
    const write = { ...writeOf(said.id), author: author(id) } as Write
    const { outcomes, changes } = await commitWrites(
      app.db,
      [write],
      { asked: Date.now(), isShared: false },
      usualReadRule,
    )
    expect(outcomes).toMatchObject([{ code: 'TOKEN_INVALID' }])
    expect(changes).toEqual([])
    expect(await history(app)).toEqual([before])
  })

  test('over sockets and REST nothing is stored under the name after the answer', async () => {
    const app = await startApp({ settings: { ...unlimited, LIMIT_CONNECTIONS: 'off' } })
    await ownerToken(app)
    for (const words of ['keep', 'erase']) {
      await api(app).post('/api/register').send(memberAccount).expect(201)
      const token = await signIn(app, memberAccount)
      const ada = await connect(app, { auth: { token } })
      const { id } = await ada.send('the first')
      let isOver = false
      const overSocket = (async () => {
        for (let n = 0; !isOver; n++) {
          ada.socket.emit('message:send', { room: 'lobby', id: randomUUID(), text: `word ${n}` }, () => {})
          ada.socket.emit('message:edit', { id, text: `edit ${n}` }, () => {})
          ada.socket.emit('message:react', { id, emoji: '👍', on: n % 2 === 0 }, () => {})
          await pause(1)
        }
      })()
      const statuses: number[] = []
      const overRest = (async () => {
        while (!isOver) {
          const post = api(app)
            .post('/api/chat/rooms/lobby/messages')
            .set(bearer(token))
            .send({ text: 'rest' })
          statuses.push((await post).status)
        }
      })()
      await eventually(async () => expect(statuses.length).toBeGreaterThan(3))
      await leaving(app, token, { words }).expect(204)
      expect(await namesIn(app, 'Ada')).toEqual([])
      await pause(50)
      isOver = true
      await Promise.all([overSocket, overRest])
      expect(await namesIn(app, 'Ada')).toEqual([])
      expect(statuses.at(-1)).toBe(401)
    }
    expect((await history(app)).every(({ author }) => author.nick === '')).toBe(true)
  })

  test('a nick that is set meanwhile is refused, and nobody has it', async () => {
    const { app, ada, token, id } = await chatWithMember()
    const renaming = ada.emit('nick:set', { nick: 'Countess' }).catch(() => null)
    await Promise.all([leaving(app, token).expect(204), renaming])
    expect(await namesIn(app, 'Countess')).toEqual([])
    expect(await app.db.selectFrom('users').select('id').where('id', '=', id).execute()).toEqual([])
  })
})

describe('a server that ends in the middle', () => {
  test.each(['keep', 'erase'] as const)('the next start finishes a deletion with `%s`', async (words) => {
    const { app, ada, id } = await chatWithMember()
    for (let n = 0; n < 3; n++) await ada.send(`word ${n}`)
    await deleteUserOnly(app, id, words)
    expect(await namesIn(app, 'Ada')).toHaveLength(3)
    await app.close()
    const next = await startApp({ settings: unlimited, folder: app.folder })
    await eventually(async () => expect(await departures(next)).toEqual([]))
    expect(await namesIn(next, 'Ada')).toEqual([])
    const texts = (await history(next)).map(({ text }) => text)
    expect(texts).toEqual(words === 'keep' ? ['word 0', 'word 1', 'word 2'] : ['', '', ''])
  })

  test.each([
    { by_owner: 1, open: 0 },
    { by_owner: 0, open: 1 },
  ])(
    'the next start settles the reports of what is erased, if the owner deleted the account: $by_owner',
    async ({ by_owner, open }) => {
      const { app, ada, id } = await chatWithMember()
      const { id: said } = await ada.send('a rude word')
      await report(app, said)
      await deleteUserOnly(app, id, 'erase', by_owner)
      await app.close()
      const next = await startApp({ settings: unlimited, folder: app.folder })
      await eventually(async () => expect(await departures(next)).toEqual([]))
      expect((await overview(next, await ownerToken(next))).reports).toHaveLength(open)
    },
  )

  test('what the database refuses for a moment is tried again', async () => {
    if (isPostgres) return
    const clock = manualClock()
    const { app, ada, token } = await chatWithMember({ clock })
    await ada.send('hej')
    const fails =
      'create trigger fails before update of nick on messages begin select raise(abort, "full"); end'
    const run = (statement: string) => app.db.executeQuery({ ...query, sql: statement } as never)
    const query = app.db.selectFrom('users').select('id').compile()
    await run(fails.replaceAll('"', "'"))
    await leaving(app, token).expect(204)
    expect(await departures(app)).toHaveLength(1)
    await api(app).get('/api/me').set(bearer(token)).expect(401)
    await run('drop trigger fails')
    clock.advance(60_000)
    await eventually(async () => expect(await departures(app)).toEqual([]))
    expect(await namesIn(app, 'Ada')).toEqual([])
  })
})
