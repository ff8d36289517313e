import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { commitWrites } from '../src/chat/log/commit.ts'
import type { Write } from '../src/chat/log/apply-write.ts'
import type { LeavingWords } from '../src/contract/index.ts'
import { everybodyMayRead } from '../src/chat/rooms/read-rule.ts'
import { databaseOf, isPostgres } from './support/database.ts'
import { history, leaving, nicksAt, ownerAndMember } from './support/leaving.ts'
import { manualClock } from './support/manual-clock.ts'
import { accountLog, moderate, overview } from './support/moderation.ts'
import { runProgram } from './support/program.ts'
import { api, bearer, memberAccount, ownerAccount, ownerToken, refusal, signIn } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { openStream } from './support/stream.ts'
import { connect, eventually, refusedConnection, visitor } from './support/visitors.ts'

const settings = { LIMIT_MESSAGES: 'off' }

/** A site with the owner and the member Ada in its chat. */
async function siteWithMember(options: Parameters<typeof startApp>[0] = {}) {
  const app = await startApp({ ...options, settings: { ...settings, ...options.settings } })
  return { app, ...(await ownerAndMember(app)) }
}

/** Leaves the database as a server does that ends after the deletion's transaction. */
async function deleteUserOnly({ db }: TestApp, id: string, words: LeavingWords, by_owner = 0): Promise<void> {
  await db.deleteFrom('users').where('id', '=', id).execute()
  await db.insertInto('departures').values({ author_id: id, words, by_owner, left_at: Date.now() }).execute()
}

const removing = (app: TestApp, token: string, id: string, body?: object) =>
  api(app).delete(`/api/members/${id}`).set(bearer(token)).send(body)

const departures = ({ db }: TestApp) => db.selectFrom('departures').selectAll().execute()

/** A visitor reports a message. */
async function report(app: TestApp, id: string): Promise<void> {
  const { welcome } = await visitor(app, 'bo')
  await api(app)
    .post(`/api/chat/messages/${id}/report`)
    .set(bearer(welcome.token ?? ''))
    .expect(204)
}

/** What the tables hold of a name, beside the logs, which are append-only. */
async function namesIn({ db }: TestApp, nick: string): Promise<unknown[]> {
  const found = await Promise.all([
    db.selectFrom('users').select('id').where('nick', '=', nick).execute(),
    db.selectFrom('visitors').select('id').where('nick', '=', nick).execute(),
    db.selectFrom('messages').select('id').where('nick', '=', nick).execute(),
  ])
  return found.flat()
}

describe('DELETE /api/me', () => {
  test('the account goes, and what was said stays without a name, for every reader', async () => {
    const { app, owner, ada, token, id } = await siteWithMember()
    const said = await ada.send('a word that stays')
    const removed = await ada.send('taken back')
    await ada.ask('message:delete', { id: removed.id })
    await owner.send({ text: 'an answer', replyTo: said.id })
    const stream = await openStream(app)
    const closed = ada.disconnected()

    const { headers } = await leaving(app, token).expect(204)
    expect(headers['set-cookie']).toEqual([expect.stringMatching(/^me_session=;.*Expires=Thu, 01 Jan 1970/)])
    await closed
    const author = { id, nick: '', role: 'member' }
    expect((await history(app)).map(({ author }) => author.nick)).toEqual(['', '', expect.any(String)])
    const { body } = await api(app).get(`/api/chat/messages/${said.id}`).expect(200)
    expect(body.data).toMatchObject({ author, text: 'a word that stays', seq: said.seq })
    expect(body.data.rev).toBeGreaterThan(said.rev)
    await eventually(() => expect(nicksAt(owner).get(said.id)).toBe(''))
    expect(nicksAt(owner).get(removed.id)).toBe('')
    const streamed = () => stream.events.flatMap(({ change }) => change.messages)
    await eventually(() =>
      expect(streamed()).toContainEqual(expect.objectContaining({ id: said.id, author })),
    )
    const found = await api(app).get('/api/chat/search?q=stays').expect(200)
    expect(found.body.data.messages).toMatchObject([{ author }])
    expect(await namesIn(app, 'Ada')).toEqual([])
    expect(await departures(app)).toEqual([])
  })

  test('its sessions end, nobody signs in with it, and its nick and e-mail are free', async () => {
    const { app, ada, token, id } = await siteWithMember()
    const other = await signIn(app, memberAccount)
    await leaving(app, token).expect(204)
    for (const old of [token, other]) {
      await api(app).get('/api/me').set(bearer(old)).expect(401)
      expect(await refusedConnection(app, { auth: { token: old } })).toMatchObject({ code: 'TOKEN_INVALID' })
    }
    await api(app).post('/api/login').send(memberAccount).expect(401)
    await eventually(() => expect(ada.socket.connected).toBe(false))
    const { body } = await api(app).get('/api/chat/presence').expect(200)
    expect(JSON.stringify(body)).not.toContain(id)
    const again = await api(app).post('/api/register').send(memberAccount).expect(201)
    expect(again.body.data.user.id).not.toBe(id)
    for (const table of ['sessions', 'second_steps', 'passkeys', 'one_time_links'] as const)
      expect(await app.db.selectFrom(table).selectAll().where('user_id', '=', id).execute()).toEqual([])
  })

  test('with `erase` the messages and reactions are erased, and nothing keeps the name', async () => {
    const { app, owner, ada, token } = await siteWithMember()
    await ada.send('a word that goes')
    const kept = await owner.send('liked')
    await ada.ask('message:react', { id: kept.id, emoji: '👍', on: true })
    await leaving(app, token, { words: 'erase' }).expect(204)
    const [gone, liked] = await history(app)
    expect(gone).toMatchObject({ text: '', author: { nick: '' }, deletedAt: expect.any(String) })
    expect(liked).not.toHaveProperty('reactions')
    expect(await namesIn(app, 'Ada')).toEqual([])
  })

  test('reactions stay where the messages stay', async () => {
    const { app, owner, ada, token, id } = await siteWithMember()
    const liked = await owner.send('liked')
    await ada.ask('message:react', { id: liked.id, emoji: '👍', on: true })
    await leaving(app, token).expect(204)
    expect((await history(app))[0]).toMatchObject({ reactions: { '👍': [id] } })
  })

  test('a wrong password is refused at its field, and limited like a sign-in’s', async () => {
    const { app, token } = await siteWithMember({ settings: { LIMIT_LOGINS: '2/15m' } })
    const guess = () => leaving(app, token, { password: 'a guess of mine' })
    expect((await guess().expect(403)).body).toEqual(refusal(403, 'FORBIDDEN', '/password'))
    await guess().expect(403)
    await guess().expect(429)
    await api(app).get('/api/me').set(bearer(token)).expect(200)
  })

  test.each([{}, { password: '' }, { password: memberAccount.password, words: 'burn' }])(
    'the request %j is not valid',
    async (body) => {
      const { app, token } = await siteWithMember()
      await api(app).delete('/api/me').set(bearer(token)).send(body).expect(400)
    },
  )

  test('the owner’s account stays, whatever the password', async () => {
    const app = await startApp()
    const token = await ownerToken(app)
    for (const password of [ownerAccount.password, 'a guess of mine'])
      expect(
        (await api(app).delete('/api/me').set(bearer(token)).send({ password }).expect(403)).body,
      ).toEqual(refusal(403, 'FORBIDDEN'))
    await api(app).get('/api/me').set(bearer(token)).expect(200)
  })

  test('a visitor and a stranger have no account to delete', async () => {
    const app = await startApp()
    const bo = await visitor(app, 'bo')
    await leaving(app, bo.welcome.token ?? '').expect(401)
    await api(app).delete('/api/me').send({ password: 'x' }).expect(401)
  })

  test('of two deletions at once one succeeds, and what it chose is done', async () => {
    const { app, ada, token } = await siteWithMember()
    await ada.send('hej')
    const answers = await Promise.all([leaving(app, token), leaving(app, token)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 401])
    expect(await namesIn(app, 'Ada')).toEqual([])
    expect(await history(app)).toMatchObject([{ text: 'hej', author: { nick: '' } }])
  })

  test('of the member’s own deletion and the owner’s at once one succeeds', async () => {
    const { app, ownersToken, token, id } = await siteWithMember()
    const answers = await Promise.all([leaving(app, token), removing(app, ownersToken, id)])
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 401 || status === 404)).toHaveLength(1)
    expect(await namesIn(app, 'Ada')).toEqual([])
  })

  test('messages lose their name also in rooms that the author may no longer read, and in locked ones', async () => {
    let mayRead = true
    const { app, ownersToken, ada, token } = await siteWithMember({
      mayRead: (person, room) => mayRead || room !== 'attic' || person?.role === 'owner',
    })
    for (const name of ['attic', 'cellar'])
      await api(app).post('/api/chat/rooms').set(bearer(ownersToken)).send({ name, title: name }).expect(201)
    const hidden = await ada.send({ room: 'attic', text: 'hej' })
    const locked = await ada.send({ room: 'cellar', text: 'hej' })
    await api(app).patch('/api/chat/rooms/cellar').set(bearer(ownersToken)).send({ locked: true }).expect(200)
    mayRead = false
    await leaving(app, token).expect(204)
    mayRead = true
    for (const { id } of [hidden, locked])
      expect((await api(app).get(`/api/chat/messages/${id}`)).body.data.author.nick).toBe('')
  })

  test('a message that the owner restores afterwards has no name', async () => {
    const { app, owner, ada, token } = await siteWithMember()
    const { id } = await ada.send('hej')
    await owner.ask('message:delete', { id })
    await leaving(app, token).expect(204)
    expect(await owner.ask('message:restore', { id })).toMatchObject({ text: 'hej', author: { nick: '' } })
  })
})

describe('writing while the account is deleted', () => {
  const author = (id: string) => ({ id, nick: 'Ada', role: 'member' as const })

  test.each<[string, (message: string) => Omit<Write, 'author'>]>([
    ['a send', () => ({ kind: 'send', id: randomUUID(), room: 'lobby', content: { text: 'late' } })],
    ['an edit', (id) => ({ kind: 'edit', id, content: { text: 'late' }, charge: () => {} })],
    ['a reaction', (id) => ({ kind: 'react', id, emoji: '👍', on: true, charge: () => {} })],
    ['a deletion', (id) => ({ kind: 'delete', id })],
  ])('%s that was accepted before and comes to the log after is refused', async (_what, writeOf) => {
    const { app, ada, token, id } = await siteWithMember()
    const said = await ada.send('hej')
    await leaving(app, token).expect(204)
    const [before] = await history(app)
    const write = { ...writeOf(said.id), author: author(id) } as Write
    const { outcomes, changes } = await commitWrites(app.db, [write], Date.now(), everybodyMayRead)
    expect(outcomes).toMatchObject([{ code: 'TOKEN_INVALID' }])
    expect(changes).toEqual([])
    expect(await history(app)).toEqual([before])
  })

  test('over sockets and REST nothing is stored under the name after the answer', async () => {
    const app = await startApp({ settings: { ...settings, LIMIT_CONNECTIONS: 'off' } })
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
    const { app, ada, token, id } = await siteWithMember()
    const renaming = ada.emit('nick:set', { nick: 'Countess' }).catch(() => null)
    await Promise.all([leaving(app, token).expect(204), renaming])
    expect(await namesIn(app, 'Countess')).toEqual([])
    expect(await app.db.selectFrom('users').select('id').where('id', '=', id).execute()).toEqual([])
  })
})

describe('a server that ends in the middle', () => {
  test.each(['keep', 'erase'] as const)('the next start finishes a deletion with `%s`', async (words) => {
    const { app, ada, id } = await siteWithMember()
    for (let n = 0; n < 3; n++) await ada.send(`word ${n}`)
    await deleteUserOnly(app, id, words)
    expect(await namesIn(app, 'Ada')).toHaveLength(3)
    await app.close()
    const next = await startApp({ settings, folder: app.folder })
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
      const { app, ada, id } = await siteWithMember()
      const { id: said } = await ada.send('a rude word')
      await report(app, said)
      await deleteUserOnly(app, id, 'erase', by_owner)
      await app.close()
      const next = await startApp({ settings, folder: app.folder })
      await eventually(async () => expect(await departures(next)).toEqual([]))
      expect((await overview(next, await ownerToken(next))).reports).toHaveLength(open)
    },
  )

  test('what the database refuses for a moment is tried again', async () => {
    if (isPostgres) return
    const clock = manualClock()
    const { app, ada, token } = await siteWithMember({ clock })
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

describe('DELETE /api/members/:id', () => {
  test('the owner deletes a member, whose messages stay without a name', async () => {
    const { app, owner, ownersToken, ada, id } = await siteWithMember()
    await ada.send('hej')
    const closed = ada.disconnected()
    await removing(app, ownersToken, id).expect(204)
    await closed
    expect(await history(app)).toMatchObject([{ text: 'hej', author: { id, nick: '' } }])
    await api(app).post('/api/login').send(memberAccount).expect(401)
    expect((await accountLog(app, ownersToken))[0]).toEqual(['remove-member', 'Ada'])
    expect(owner.socket.connected).toBe(true)
  })

  test('with `erase` the messages go, and the reports of them are settled', async () => {
    const { app, owner, ownersToken, ada, id } = await siteWithMember()
    const { id: said } = await ada.send('a rude word')
    await report(app, said)
    await removing(app, ownersToken, id, { words: 'erase' }).expect(204)
    expect(await history(app)).toMatchObject([{ text: '', author: { nick: '' } }])
    expect((await overview(app, ownersToken)).reports).toEqual([])
    expect(owner.socket.connected).toBe(true)
  })

  test('an unknown member and the owner are not deleted', async () => {
    const { app, owner, ownersToken } = await siteWithMember()
    expect((await removing(app, ownersToken, 'nobody').expect(404)).body).toEqual(refusal(404, 'NOT_FOUND'))
    const self = owner.welcome.self?.id ?? ''
    expect((await removing(app, ownersToken, self).expect(403)).body).toEqual(refusal(403, 'FORBIDDEN'))
    await removing(app, ownersToken, 'nobody', { words: 'burn' }).expect(400)
  })

  test('only the owner may, from a session that proved itself within the hour', async () => {
    const clock = manualClock()
    const { app, ownersToken, token, id } = await siteWithMember({ clock })
    await removing(app, token, id).expect(403)
    clock.advance(3_600_000)
    expect((await removing(app, ownersToken, id).expect(403)).body).toEqual(refusal(403, 'PASSWORD_REQUIRED'))
    await api(app)
      .post('/api/me/confirm')
      .set(bearer(ownersToken))
      .send({ password: ownerAccount.password })
      .expect(204)
    await removing(app, ownersToken, id).expect(204)
    await removing(app, ownersToken, id).expect(404)
  })
})

describe('a banned member who is deleted', () => {
  test.each(['keep', 'erase'])(
    'the ban of person and address stays with `%s`, and can be lifted',
    async (words) => {
      const { app, ownersToken, ada, token, id } = await siteWithMember()
      if (words === 'keep') await ada.send('hej')
      await moderate(app, ownersToken, { id, action: 'ban' }).expect(204)
      await leaving(app, token, { words }).expect(204)
      // From the same address, without anything that shows who it is.
      expect(await refusedConnection(app, { auth: { nick: 'somebody new' } })).toMatchObject({
        code: 'BANNED',
      })
      const { people } = await overview(app, ownersToken)
      expect(people).toMatchObject([{ id, bannedUntil: expect.any(String) }])
      await moderate(app, ownersToken, { id, action: 'forgive' }).expect(204)
      await visitor(app, 'somebody new')
    },
  )

  test('their other identities stay banned, and are forgiven with them', async () => {
    const { app, ownersToken, token, id } = await siteWithMember()
    const made = await api(app)
      .post('/api/chat/visitors')
      .set(bearer(token))
      .send({ nick: 'other me' })
      .expect(201)
    const other = (made.body as { data: { token: string } }).data.token
    await moderate(app, ownersToken, { id, action: 'ban' }).expect(204)
    await leaving(app, token).expect(204)
    expect(await refusedConnection(app, { auth: { token: other } })).toMatchObject({ code: 'BANNED' })
    await moderate(app, ownersToken, { id, action: 'forgive' }).expect(204)
    await connect(app, { auth: { token: other } })
  })

  test('somebody muted does not come back unmuted in the same tab', async () => {
    const { app, ownersToken, token, id } = await siteWithMember()
    await connect(app, { auth: { token, tab: 'a tab' } })
    await moderate(app, ownersToken, { id, action: 'mute' }).expect(204)
    await leaving(app, token).expect(204)
    const again = await visitor(app, 'somebody new', 'a tab')
    expect(await again.emit('message:send', { room: 'lobby', id: randomUUID(), text: 'hej' })).toMatchObject({
      ok: false,
      error: { code: 'MUTED' },
    })
  })
})

describe('copies of what was said', () => {
  test('an export has the words without the name, and adds nothing to its own room', async () => {
    const { app, owner, ada, token } = await siteWithMember()
    await ada.send('hej')
    await ada.send('hej')
    await owner.send('answer')
    await leaving(app, token).expect(204)
    const env = { settings: await databaseOf(app.folder), cwd: app.folder }
    const out = ['export', '--room', 'lobby', '--out', 'lobby.jsonl']
    expect((await runProgram('cli/chat.ts', { args: out, ...env })).code).toBe(0)
    const lines = readFileSync(join(app.folder, 'lobby.jsonl'), 'utf8').trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { nick: string | null }).nick).slice(0, 2)).toEqual([
      null,
      null,
    ])
    const again = await runProgram('cli/chat.ts', {
      args: ['import', 'lobby.jsonl', '--room', 'lobby'],
      ...env,
    })
    expect(again.err).toContain('3 lines read, 0 messages added')
    // In another room it makes messages of somebody without a name.
    await api(app)
      .post('/api/chat/rooms')
      .set(bearer(await signIn(app, ownerAccount)))
      .send({ name: 'copy', title: 'Copy' })
      .expect(201)
    await runProgram('cli/chat.ts', { args: ['import', 'lobby.jsonl', '--room', 'copy'], ...env })
    expect((await history(app, 'copy')).map(({ author }) => author.nick).slice(0, 2)).toEqual(['', ''])
  })

  test('the files of the database lose nick, e-mail and password within a minute', async () => {
    if (isPostgres) return
    const clock = manualClock()
    const app = await startApp({ settings, clock })
    const account = { ...memberAccount, nick: 'Xylophonist', email: 'xylo@example.org' }
    await ownerToken(app)
    await api(app).post('/api/register').send(account).expect(201)
    const token = await signIn(app, account)
    const ada = await connect(app, { auth: { token } })
    await ada.send('hej')
    const isInFiles = (word: string) =>
      readdirSync(app.folder)
        .filter((name) => name.startsWith('me.db'))
        .some((name) => readFileSync(join(app.folder, name), 'latin1').toLowerCase().includes(word))
    expect(isInFiles('xylo')).toBe(true)
    await leaving(app, token).expect(204)
    clock.advance(60_000)
    await eventually(() => expect(isInFiles('xylo')).toBe(false))
  })
})
