import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import {
  connected,
  describeNodes,
  holdLobby,
  noRedis,
  peopleOn,
  startNodes,
  startPairWithSlowNode,
  startPair,
} from './support/nodes.ts'
import { api, bearer, memberAccount, memberToken, ownerToken, refusal } from './support/rest.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

const settings = { LIMIT_MESSAGES: 'off', LIMIT_JOINS: 'off', PROOF_OF_WORK: 'off' }

describeNodes('at the same moment on two nodes', () => {
  test.each(['with', 'without'])(
    'erased are also the words that the other node is storing or has accepted, %s Redis',
    async (redis) => {
      const [one, other] = await startNodes({ settings, ...(redis === 'without' && { redis: noRedis }) })
      const ada = await visitor(other!, 'ada')
      const reader = await connect(one!)
      await reader.enter()
      const release = await holdLobby(one!.db)
      const storing = ada.send('what is being stored')
      await pause(200)
      const waiting = ada.send('what waits behind it')
      await pause(100)
      const erased = api(one!)
        .delete('/api/me/words')
        .set(bearer(ada.welcome.token!))
        .then(({ status }) => status)
      await pause(300)
      await release()
      expect(await erased).toBe(204)
      for (const { id, text } of await Promise.all([storing, waiting])) {
        expect(text).not.toBe('')
        const stored = one!.db.selectFrom('messages').select(['text', 'deleted_at']).where('id', '=', id)
        expect(await stored.execute()).toEqual([{ text: '', deleted_at: expect.any(Number) }])
        await eventually(() =>
          expect(reader.seen().findLast((message) => message.id === id)).toMatchObject({ text: '' }),
        )
      }
      expect(await ada.send('after it')).toMatchObject({ text: 'after it' })
    },
  )

  test('two orders about one person leave both nodes with what is stored', async () => {
    const { one, other } = await startPair({ settings })
    const token = await ownerToken(one)
    const owners = [
      await connect(one, { auth: { token, tab: '1' } }),
      await connect(other, { auth: { token, tab: '2' } }),
    ]
    const ada = await visitor(one, 'ada')
    const id = ada.welcome.self!.id
    const there = await connect(other, { auth: { token: ada.welcome.token! } })
    const order = (by: number, action: string) =>
      owners[by]!.ask('visitor:moderate', { id, action, ...(action !== 'forgive' && { minutes: 5 }) })
    const mayWrite = async (on: typeof ada) => (await on.emit('message:send', draftOf('hej'))).ok
    const draftOf = (text: string) => ({ room: 'lobby', id: crypto.randomUUID(), text })
    for (let round = 0; round < 12; round++) {
      await Promise.all([order(round % 2, 'mute'), order((round + 1) % 2, 'forgive')])
      const { muted_until } = await one.db
        .selectFrom('sanctions')
        .select('muted_until')
        .where('person_id', '=', id)
        .executeTakeFirstOrThrow()
      for (const on of [ada, there])
        await eventually(async () => expect(await mayWrite(on)).toBe(muted_until === 0), 2_000)
    }
    await Promise.all([order(0, 'mute'), order(1, 'ban')])
    const stored = await one.db.selectFrom('sanctions').selectAll().executeTakeFirstOrThrow()
    expect(Math.min(stored.muted_until, stored.banned_until)).toBeGreaterThan(Date.now())
  })

  test('who connects while their nick changes has the new one', async () => {
    const { one, other, slow } = await startPairWithSlowNode(settings)
    const token = await memberToken(one)
    slow(1_000)
    const connecting = connect(other, { auth: { token } })
    await pause(500)
    await api(one)
      .patch('/api/me')
      .set(bearer(token))
      .send({ nick: 'Lovelace', password: memberAccount.password })
      .expect(200)
    expect((await connecting).welcome.self).toMatchObject({ nick: 'Lovelace' })
    expect(await peopleOn(other)).toEqual(['Lovelace'])
  })

  test('a long poll of a room that the other one removes is told at once', async () => {
    const { one, other } = await startPair({ settings })
    const owner = bearer(await ownerToken(one))
    await api(one).post('/api/chat/rooms').set(owner).send({ name: 'tea', title: 'Tea' }).expect(201)
    const read = (wait: number) => api(other).get(`/api/chat/rooms/tea/changes?after=0&wait=${wait}`)
    await eventually(() => read(0).expect(200))
    let answer: unknown
    void read(30).then(({ body }) => (answer = body))
    await pause(500)
    await api(one).delete('/api/chat/rooms/tea').set(owner).expect(204)
    await eventually(() => expect(answer).toEqual(refusal(404, 'NOT_FOUND')))
  })
})

describeNodes('a node with another SESSION_SECRET', () => {
  test('is not heard, which each node says in one line', async () => {
    const [one] = await startNodes({ count: 1, settings })
    const other = { ...settings, SESSION_SECRET: 'another secret that is long enough' }
    const [stranger] = await startNodes({ count: 1, folder: one!.folder, settings: other })
    await connected(one!, stranger!)
    for (const { logLines } of [one!, stranger!]) {
      const warnings = () => logLines.filter((line) => JSON.parse(line).level >= 40)
      await eventually(() =>
        expect(warnings().join()).toContain('A node of this chat has another SESSION_SECRET'),
      )
      expect(warnings()).toHaveLength(1)
    }
  })
})
