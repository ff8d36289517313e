import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import {
  connected,
  describeNodes,
  redisOf,
  startNodes,
  startPairWithSlowNode,
  startRedis,
} from './support/nodes.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

describeNodes('two nodes', () => {
  test('what is written on one is read on the other, in one order', async () => {
    const [one, other] = await startNodes({ settings: { LIMIT_MESSAGES: 'off' } })
    await connected(one!, other!)
    const [ada, bo] = [await visitor(one!, 'ada'), await visitor(other!, 'bo')]
    await Promise.all([ada.enter(), bo.enter()])
    for (let count = 0; count < 20; count++) await Promise.all([ada.send(`a${count}`), bo.send(`b${count}`)])
    await eventually(() => {
      const [first, second] = [ada, bo].map((one) => one.seen().map(({ seq }) => seq))
      expect(first).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
      expect(second).toEqual(first)
    })
  })

  test('a message whose id is a UUID of no version is heard of on the other', async () => {
    const [one, other] = await startNodes()
    await connected(one!, other!)
    const [ada, bo] = [await visitor(one!, 'ada'), await visitor(other!, 'bo')]
    await Promise.all([ada.enter(), bo.enter()])
    const { id } = await ada.send({ id: '11111111-1111-1111-1111-111111111111', text: 'hej' })
    const answer = await bo.send({ replyTo: id, text: 'hej hej' })
    await eventually(() => expect(bo.seen().map((message) => message.id)).toEqual([id, answer.id]))
    await eventually(() => expect(ada.seen().at(-1)).toEqual(answer))
    expect(other!.logLines.filter((line) => JSON.parse(line).level >= 40)).toEqual([])
  })

  test('people of both are there, and a second tab on another node replaces the first', async () => {
    const [one, other] = await startNodes()
    await connected(one!, other!)
    const ada = await visitor(one!, 'ada', 'tab 1')
    const bo = await visitor(other!, 'bo')
    await eventually(() => expect(ada.presence.at(-1)?.total).toBe(2))
    expect(bo.welcome.total).toBe(2)
    const gone = ada.disconnected()
    await connect(other!, { auth: { token: ada.welcome.token!, tab: 'tab 1' } })
    await gone
    expect((await visitor(other!, 'cy')).welcome.total).toBe(3)
  })

  test('a tab that comes back is not ended by what the node it was on said of it before', async () => {
    const [one, other] = await startNodes({ delay: 2_000 })
    await connected(one!, other!)
    const ada = await visitor(one!, 'ada', 'tab 1')
    const auth = { token: ada.welcome.token!, tab: 'tab 1' }
    // Quicker than the nodes hear of each other.
    const comeBack = (to: { url: string }) => pause(1_000).then(() => connect(to, { auth }))
    await comeBack(other!)
    const last = await comeBack(one!)
    await pause(8_000)
    expect([ada.socket.connected, last.socket.connected]).toEqual([false, true])
  })

  test('a room that is added, changed and removed is so on both', async () => {
    const [one, other] = await startNodes()
    await connected(one!, other!)
    const bo = await visitor(other!, 'bo')
    const rooms: string[][] = []
    bo.socket.on('room:updated', (update) => rooms.push(update.rooms.map(({ title }) => title)))
    const owner = bearer(await ownerToken(one!))
    await api(one!).post('/api/chat/rooms').set(owner).send({ name: 'tea', title: 'Tea' }).expect(201)
    await eventually(() => expect(rooms.at(-1)).toContain('Tea'))
    await bo.enter(null, 'tea')
    await api(one!).delete('/api/chat/rooms/tea').set(owner).expect(204)
    await eventually(() => expect(rooms.at(-1)).toEqual(['Lobby']))
  })

  test('a node that has stopped asks its database nothing more', async () => {
    const { other, slow } = await startPairWithSlowNode({})
    // Each of its looks takes longer than a stop.
    slow(400)
    await pause(2_500)
    await other.close()
    // Longer than from one look at the rooms to the next.
    await pause(2_500)
    expect(other.logLines.filter((line) => JSON.parse(line).level >= 50)).toEqual([])
  })

  test('without Redis everybody reads all a little later, and it heals', async () => {
    const redis = await startRedis()
    const [one, other] = await startNodes({ redis: redis.url })
    await connected(one!, other!)
    const [ada, bo] = [await visitor(one!, 'ada'), await visitor(other!, 'bo')]
    await Promise.all([ada.enter(), bo.enter()])
    redis.kill()
    await eventually(async () => expect(await redisOf(one!)).toBe('unavailable'))
    await ada.send('without')
    await eventually(() => expect(bo.seen().at(-1)?.text).toBe('without'))
    expect(one!.logLines.filter((line) => line.includes('Redis does not answer'))).toHaveLength(1)
    redis.restart()
    await connected(one!, other!)
    await bo.send('with')
    await eventually(() => expect(ada.seen().at(-1)?.text).toBe('with'))
  })
})
