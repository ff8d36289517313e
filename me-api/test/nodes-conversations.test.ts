import { expect, test } from '@jest/globals'
import { describeNodes, redisOf, startPair } from './support/nodes.ts'
import { conversation, peopleOf, unreadOf, withToken } from './support/conversations.ts'
import { api, bearer } from './support/rest.ts'
import { connect, eventually } from './support/visitors.ts'

const settings = { LIMIT_JOINS: 'off', PROOF_OF_WORK: 'off', LIMIT_MESSAGES: 'off' }

/** The owner on both nodes, and ada on the first. */
async function pair() {
  const { one, other } = await startPair({ settings })
  const { owner, ada } = await peopleOf(one)
  const there = await withToken(
    await connect(other, { auth: { token: owner.token, tab: 'other' } }),
    owner.token,
  )
  return { one, other, owner, there, ada }
}

describeNodes('private conversations on two nodes', () => {
  test('both people hear of a new one, of new words and of its end on every node', async () => {
    const { one, other, there, ada } = await pair()
    const { name: room } = await conversation(one, ada.token)
    await eventually(() => expect(there.told).toEqual([{ room, unread: 0, with: ada.self }]))
    await there.enter(null, room)
    const sent = await ada.send({ room, text: 'hej' })
    await eventually(() => expect(there.seen()).toEqual([sent]))
    await api(other).delete(`/api/chat/rooms/${room}`).set(bearer(there.token)).expect(204)
    await eventually(() => expect(ada.told.at(-1)).toEqual({ room, unread: 0, gone: true }))
  })

  test('what is read on one is read on the other, and told there', async () => {
    const { one, other, owner, there, ada } = await pair()
    const { name: room } = await conversation(one, ada.token)
    await ada.send({ room, text: 'hej' })
    for (const { told } of [owner, there])
      await eventually(() => expect(told.at(-1)).toMatchObject({ room, unread: 1 }))
    await there.enter(null, room)
    await eventually(() => expect(owner.told.at(-1)).toMatchObject({ room, unread: 0 }))
    await ada.send({ room, text: 'and?' })
    for (const node of [one, other])
      await eventually(async () => expect(await unreadOf(node, owner.token)).toBe(0))
    await there.ask('presence:idle', { idle: true })
    await ada.send({ room, text: 'hello?' })
    await eventually(() => expect(owner.told.at(-1)).toMatchObject({ room, unread: 1 }))
  })

  test('without Redis a new one and new words are told by the database', async () => {
    const { one, other, there, ada } = await pair()
    other.way.cut()
    await eventually(async () => expect(await redisOf(other)).toBe('unavailable'))
    const { name: room } = await conversation(one, ada.token)
    await eventually(() => expect(there.told).toContainEqual({ room, unread: 0, with: ada.self }))
    await ada.send({ room, text: 'hej' })
    await eventually(() => expect(there.told.at(-1)).toMatchObject({ room, unread: 1 }))
  })

  test('who uses a tab on one node is away on none', async () => {
    const { one, other, owner, there } = await pair()
    const isAway = ({ app }: typeof one) => app.isAway(owner.self.id)
    await there.ask('presence:idle', { idle: true })
    await eventually(() => expect([isAway(one), isAway(other)]).toEqual([false, false]))
    await owner.ask('presence:idle', { idle: true })
    await eventually(() => expect([isAway(one), isAway(other)]).toEqual([true, true]))
    await there.ask('presence:idle', { idle: false })
    await eventually(() => expect([isAway(one), isAway(other)]).toEqual([false, false]))
    there.socket.disconnect()
    await eventually(() => expect([isAway(one), isAway(other)]).toEqual([true, true]))
  })

  test('an address begins ten an hour on all nodes together', async () => {
    const { one, other, ada } = await pair()
    await conversation(one, ada.token)
    const beginOn = async (node: typeof one, nick: string) => {
      const { body } = await api(node).post('/api/chat/visitors').send({ nick }).expect(201)
      const { token } = (body as { data: { token: string } }).data
      return (await api(node).post('/api/chat/conversations').set(bearer(token))).status
    }
    for (let number = 2; number <= 10; number++) expect(await beginOn(one, `nick${number}`)).toBe(201)
    let tries = 0
    await eventually(async () => expect(await beginOn(other, `more${++tries}`)).toBe(429))
  })
})
