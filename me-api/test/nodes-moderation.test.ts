import { expect, test } from '@jest/globals'
import { describeNodes, startNodes, startPair } from './support/nodes.ts'
import { api, bearer, memberToken, ownerToken } from './support/rest.ts'
import { connect, eventually, refusedConnection, visitor } from './support/visitors.ts'

const settings = { LIMIT_JOINS: 'off', PROOF_OF_WORK: 'off', TRUST_PROXY: '1' }
const from = (address: string) => ({ 'x-forwarded-for': address })

describeNodes('moderation on two nodes', () => {
  test('what the owner deletes on one can be restored on the other, but not what is erased meanwhile', async () => {
    const { one, other } = await startPair({ settings })
    const token = await ownerToken(one)
    const [here, there] = [
      await connect(one, { auth: { token, tab: '1' } }),
      await connect(other, { auth: { token, tab: '2' } }),
    ]
    const ada = await visitor(one, 'ada')
    const [kept, erased] = [await ada.send('kept'), await ada.send('erased')]
    await here.ask('message:delete', { id: kept.id })
    const restored = await eventually(() => there.ask('message:restore', { id: kept.id }))
    expect(restored).toMatchObject({ text: 'kept' })
    await here.ask('message:delete', { id: erased.id })
    await api(one)
      .delete('/api/me/words')
      .set(bearer(ada.welcome.token ?? ''))
    expect(await there.emit('message:restore', { id: erased.id })).toMatchObject({ ok: false })
  })

  test('a ban on one closes the address at which its person came to the other', async () => {
    const { one, other } = await startPair({ settings })
    const owner = await connect(one, { auth: { token: await ownerToken(one) } })
    const ada = await connect(other, { auth: { nick: 'ada' }, headers: from('192.0.2.1') })
    await eventually(async () =>
      expect(await one.db.selectFrom('places').selectAll().execute()).toContainEqual(
        expect.objectContaining({ person_id: ada.welcome.self?.id }),
      ),
    )
    await owner.ask('visitor:moderate', { id: ada.welcome.self?.id, action: 'ban', minutes: 5 })
    for (const node of [one, other])
      expect(
        await refusedConnection(node, { auth: { nick: 'bo' }, headers: from('192.0.2.1') }),
      ).toMatchObject({ code: 'BANNED' })
  })

  test('who was signed in in a tab on one is the same person as a visitor in it on the other', async () => {
    const { one, other } = await startPair({ settings })
    const owner = await connect(one, { auth: { token: await ownerToken(one) } })
    const member = await connect(one, { auth: { token: await memberToken(one), tab: 'tab 1' } })
    await owner.ask('visitor:moderate', { id: member.welcome.self?.id, action: 'mute', minutes: 5 })
    const again = await connect(other, { auth: { nick: 'eva', tab: 'tab 1' } })
    const draft = { room: 'lobby', id: crypto.randomUUID(), text: 'hej' }
    expect(await again.emit('message:send', draft)).toMatchObject({ error: { code: 'MUTED' } })
  })

  test('and also where the other node started later', async () => {
    const [one] = await startNodes({ count: 1, settings })
    const owner = await connect(one!, { auth: { token: await ownerToken(one!) } })
    const member = await connect(one!, { auth: { token: await memberToken(one!), tab: 'tab 1' } })
    const [late] = await startNodes({ count: 1, settings, folder: one!.folder })
    await owner.ask('visitor:moderate', { id: member.welcome.self?.id, action: 'mute', minutes: 5 })
    let tries = 0
    await eventually(async () => {
      const again = await connect(late!, { auth: { nick: `eva ${tries++}`, tab: 'tab 1' } })
      const draft = { room: 'lobby', id: crypto.randomUUID(), text: 'hej' }
      expect(await again.emit('message:send', draft)).toMatchObject({ error: { code: 'MUTED' } })
    })
  })
})
