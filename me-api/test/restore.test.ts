import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import type { Change } from '../src/contract/index.ts'
import { manualClock } from './support/manual-clock.ts'
import { idOf, overview, ownerAndAda, tokenOf } from './support/moderation.ts'
import { plainSocket } from './support/plain-websocket.ts'
import { api, bearer, refusal } from './support/rest.ts'
import { startApp, temporaryFolder } from './support/start-app.ts'
import { openStream } from './support/stream.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

const failure = (code: string) => ({ ok: false, error: { code } })

/** Ada has said something that Bo likes, and the owner has deleted it. */
async function deletedByOwner({ folder = temporaryFolder() } = {}) {
  const clock = manualClock()
  const app = await startApp({ clock, folder, settings: { LIMIT_MESSAGES: 'off' } })
  const { owner, token, ada, order } = await ownerAndAda(app)
  const bo = await visitor(app, 'bo')
  const { id } = await ada.send('words of hers')
  await ada.ask('message:edit', { id, text: 'aardvark' })
  const said = await bo.ask('message:react', { id, emoji: '👍', on: true })
  await bo.enter()
  const tombstone = await owner.ask('message:delete', { id })
  const stored = async () => (await api(app).get(`/api/chat/messages/${id}`).expect(200)).body.data as object
  return { clock, app, owner, token, ada, bo, order, id, said, tombstone, stored }
}

test('the owner restores a deleted message with its text and reactions, as a new change', async () => {
  const { app, clock, owner, bo, id, said, tombstone } = await deletedByOwner()
  await eventually(() => expect(bo.seen().at(-1)).toEqual(tombstone))
  clock.advance(9_999)
  const restored = await owner.ask('message:restore', { id })
  expect(restored).toEqual({ ...said, rev: tombstone.rev + 1 })
  await eventually(() => expect(bo.seen().at(-1)).toEqual(restored))
  const { body } = await api(app).get('/api/chat/search?q=aardvark').expect(200)
  expect(body.data.messages).toMatchObject([{ id }])
})

test('readers on every transport receive a restored message as a change', async () => {
  const { app, owner, id, tombstone } = await deletedByOwner()
  const stream = await openStream(app)
  const plain = plainSocket(app)
  await plain.welcome()
  await plain.ask('room:enter', { room: 'lobby', after: null })
  const restored = await owner.ask('message:restore', { id })
  await eventually(() => expect(stream.seen()).toEqual([restored]))
  await eventually(() => expect(plain.changes().flatMap(({ messages }) => messages)).toEqual([restored]))
  const { body } = await api(app).get(`/api/chat/rooms/lobby/changes?after=${tombstone.rev}`).expect(200)
  expect((body as { data: Change }).data.messages).toEqual([restored])
})

test('only the owner restores a deleted message over REST', async () => {
  const { app, token, ada, id, said, tombstone } = await deletedByOwner()
  const path = `/api/chat/messages/${id}/restore`
  expect((await api(app).post(path).expect(401)).body).toEqual(refusal(401, 'UNAUTHENTICATED'))
  const hers = bearer(tokenOf(ada))
  expect((await api(app).post(path).set(hers).expect(403)).body).toEqual(refusal(403, 'FORBIDDEN'))
  const { body } = await api(app).post(path.replace(id, id.toUpperCase())).set(bearer(token)).expect(200)
  expect(body.data).toEqual({ ...said, rev: tombstone.rev + 1 })
  expect((await api(app).post(path).set(bearer(token)).expect(404)).body).toEqual(refusal(404, 'NOT_FOUND'))
})

test('a restore fails with NOT_FOUND when repeated, or ten seconds after the deletion', async () => {
  const { clock, owner, id, stored } = await deletedByOwner()
  await owner.ask('message:restore', { id })
  expect(await owner.emit('message:restore', { id })).toMatchObject(failure('NOT_FOUND'))
  await owner.ask('message:delete', { id })
  clock.advance(5_000)
  expect(await owner.emit('message:delete', { id })).toMatchObject(failure('NOT_FOUND'))
  clock.advance(5_001)
  expect(await owner.emit('message:restore', { id })).toMatchObject(failure('NOT_FOUND'))
  expect(await stored()).toMatchObject({ text: '', deletedAt: expect.any(String) })
})

test('a restored message can be deleted, restored and edited again', async () => {
  const { clock, owner, ada, id, said } = await deletedByOwner()
  await owner.ask('message:restore', { id })
  clock.advance(8_000)
  await owner.ask('message:delete', { id })
  clock.advance(8_000)
  expect(await owner.ask('message:restore', { id })).toMatchObject({ text: said.text })
  expect(await ada.ask('message:edit', { id, text: 'other words' })).toMatchObject({ text: 'other words' })
})

test('a delete and a restore sent at the same time both succeed', async () => {
  const { owner, ada } = await deletedByOwner()
  const { id, text } = await ada.send('more')
  const [deleted, restored] = await Promise.all([
    owner.ask('message:delete', { id }),
    owner.ask('message:restore', { id }),
  ])
  expect(deleted).toMatchObject({ text: '' })
  expect(restored).toMatchObject({ text, rev: deleted.rev + 1 })
})

test('only the owner restores messages, and only those that the owner deleted', async () => {
  const { owner, ada, bo, id } = await deletedByOwner()
  for (const one of [ada, bo])
    expect(await one.emit('message:restore', { id })).toMatchObject(failure('FORBIDDEN'))
  const own = await ada.send('hers to delete')
  await ada.ask('message:delete', { id: own.id })
  expect(await owner.emit('message:restore', { id: own.id })).toMatchObject(failure('NOT_FOUND'))
  expect(await owner.emit('message:restore', { id: randomUUID() })).toMatchObject(failure('NOT_FOUND'))
  expect(await owner.emit('message:restore', { id: 'x' })).toMatchObject(failure('INVALID'))
})

test('a message can be restored in a locked room, but not in a removed or re-created room', async () => {
  const { app, owner, token, ada } = await deletedByOwner()
  const rooms = (method: 'post' | 'patch' | 'delete', path: string, body: object = {}) =>
    api(app)[method](`/api/chat/rooms${path}`).set(bearer(token)).send(body)
  await rooms('post', '', { name: 'tea', title: 'Tea' }).expect(201)
  const { id } = await ada.send({ room: 'tea', text: 'with sugar' })
  await owner.ask('message:delete', { id })
  await rooms('patch', '/tea', { locked: true }).expect(200)
  expect(await owner.ask('message:restore', { id })).toMatchObject({ text: 'with sugar' })
  await owner.ask('message:delete', { id })
  await rooms('delete', '/tea').expect(204)
  expect(await owner.emit('message:restore', { id })).toMatchObject(failure('NOT_FOUND'))
  await rooms('post', '', { name: 'tea', title: 'Tea' }).expect(201)
  expect(await owner.emit('message:restore', { id })).toMatchObject(failure('NOT_FOUND'))
})

test('erased messages and reactions stay gone after a restore', async () => {
  const { app, owner, ada, bo, order, id, said } = await deletedByOwner()
  await api(app)
    .delete('/api/me/words')
    .set(bearer(tokenOf(bo)))
    .expect(204)
  const { reactions: _, ...withoutBo } = said
  const restored = await owner.ask('message:restore', { id })
  expect(restored).toEqual({ ...withoutBo, rev: restored.rev })
  await owner.ask('message:delete', { id })
  expect(await order('erase')).toMatchObject({ ok: true })
  expect(await owner.emit('message:restore', { id })).toMatchObject(failure('NOT_FOUND'))
  expect(idOf(ada)).toBe(said.author.id)
})

test('a deleted message cannot be restored after a server restart', async () => {
  const folder = temporaryFolder()
  const { app, clock, token, id } = await deletedByOwner({ folder })
  await app.close()
  const again = await startApp({ clock, folder })
  const owner = await connect(again, { auth: { token } })
  expect(await owner.emit('message:restore', { id })).toMatchObject(failure('NOT_FOUND'))
})

test('the moderation log lists the deletion and the restore', async () => {
  const { app, owner, token, ada, id } = await deletedByOwner()
  await owner.ask('message:restore', { id })
  const to = { id: idOf(ada), nick: 'ada' }
  expect((await overview(app, token)).log).toMatchObject([
    { action: 'restore', to },
    { action: 'delete', to },
  ])
})
