import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { databaseOf, isPostgres } from './support/database.ts'
import {
  chatWithMember,
  departures,
  history,
  leaving,
  namesIn,
  nicksAt,
  removing,
  unlimited,
} from './support/leaving.ts'
import { manualClock } from './support/manual-clock.ts'
import { runProgram } from './support/program.ts'
import { api, bearer, memberAccount, ownerAccount, ownerToken, refusal, signIn } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { openStream } from './support/stream.ts'
import { connect, eventually, refusedConnection, visitor } from './support/visitors.ts'

describe('DELETE /api/me', () => {
  test('the account goes, and what was said stays without a name, for every reader', async () => {
    const { app, owner, ada, token, id } = await chatWithMember()
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
    const streamed = () => stream.events.flatMap(({ data }) => data.messages)
    await eventually(() =>
      expect(streamed()).toContainEqual(expect.objectContaining({ id: said.id, author })),
    )
    const found = await api(app).get('/api/chat/search?q=stays').expect(200)
    expect(found.body.data.messages).toMatchObject([{ author }])
    expect(await namesIn(app, 'Ada')).toEqual([])
    expect(await departures(app)).toEqual([])
  })

  test('its sessions end, nobody signs in with it, and its nick and e-mail are free', async () => {
    const { app, ada, token, id } = await chatWithMember()
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
    const { app, owner, ada, token } = await chatWithMember()
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
    const { app, owner, ada, token, id } = await chatWithMember()
    const liked = await owner.send('liked')
    await ada.ask('message:react', { id: liked.id, emoji: '👍', on: true })
    await leaving(app, token).expect(204)
    expect((await history(app))[0]).toMatchObject({ reactions: { '👍': [id] } })
  })

  test('a wrong password is refused at its field, and limited like a sign-in’s', async () => {
    const { app, token } = await chatWithMember({ settings: { LIMIT_LOGINS: '2/15m' } })
    const guess = () => leaving(app, token, { password: 'a guess of mine' })
    expect((await guess().expect(403)).body).toEqual(refusal(403, 'FORBIDDEN', '/password'))
    await guess().expect(403)
    await guess().expect(429)
    await api(app).get('/api/me').set(bearer(token)).expect(200)
  })

  test.each([{}, { password: '' }, { password: memberAccount.password, words: 'burn' }])(
    'the request %j is not valid',
    async (body) => {
      const { app, token } = await chatWithMember()
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
    const { app, ada, token } = await chatWithMember()
    await ada.send('hej')
    const answers = await Promise.all([leaving(app, token), leaving(app, token)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 401])
    expect(await namesIn(app, 'Ada')).toEqual([])
    expect(await history(app)).toMatchObject([{ text: 'hej', author: { nick: '' } }])
  })

  test('of the member’s own deletion and the owner’s at once one succeeds', async () => {
    const { app, ownersToken, token, id } = await chatWithMember()
    const answers = await Promise.all([leaving(app, token), removing(app, ownersToken, id)])
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 401 || status === 404)).toHaveLength(1)
    expect(await namesIn(app, 'Ada')).toEqual([])
  })

  test('messages lose their name also in rooms that the author may no longer read, and in locked ones', async () => {
    let mayRead = true
    const { app, ownersToken, ada, token } = await chatWithMember({
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
    const { app, owner, ada, token } = await chatWithMember()
    const { id } = await ada.send('hej')
    await owner.ask('message:delete', { id })
    await leaving(app, token).expect(204)
    expect(await owner.ask('message:restore', { id })).toMatchObject({ text: 'hej', author: { nick: '' } })
  })
})

describe('copies of what was said', () => {
  test('an export has the words without the name, and adds nothing to its own room', async () => {
    const { app, owner, ada, token } = await chatWithMember()
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
    const app = await startApp({ settings: unlimited, clock })
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
