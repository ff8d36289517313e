import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { chatWithMember, history, leaving, removing, report } from './support/leaving.ts'
import { manualClock } from './support/manual-clock.ts'
import { accountLog, moderate, overview } from './support/moderation.ts'
import { api, bearer, memberAccount, ownerAccount, refusal } from './support/rest.ts'
import { connect, refusedConnection, visitor } from './support/visitors.ts'

describe('DELETE /api/members/:id', () => {
  test('the owner deletes a member, whose messages stay without a name', async () => {
    const { app, owner, ownersToken, ada, id } = await chatWithMember()
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
    const { app, owner, ownersToken, ada, id } = await chatWithMember()
    const { id: said } = await ada.send('a rude word')
    await report(app, said)
    await removing(app, ownersToken, id, { words: 'erase' }).expect(204)
    expect(await history(app)).toMatchObject([{ text: '', author: { nick: '' } }])
    expect((await overview(app, ownersToken)).reports).toEqual([])
    expect(owner.socket.connected).toBe(true)
  })

  test('an unknown member and the owner are not deleted', async () => {
    const { app, owner, ownersToken } = await chatWithMember()
    expect((await removing(app, ownersToken, 'nobody').expect(404)).body).toEqual(refusal(404, 'NOT_FOUND'))
    const self = owner.welcome.self?.id ?? ''
    expect((await removing(app, ownersToken, self).expect(403)).body).toEqual(refusal(403, 'FORBIDDEN'))
    await removing(app, ownersToken, 'nobody', { words: 'burn' }).expect(400)
  })

  test('only the owner may, from a session that proved itself within the hour', async () => {
    const clock = manualClock()
    const { app, ownersToken, token, id } = await chatWithMember({ clock })
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
      const { app, ownersToken, ada, token, id } = await chatWithMember()
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
    const { app, ownersToken, token, id } = await chatWithMember()
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
    const { app, ownersToken, token, id } = await chatWithMember()
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
