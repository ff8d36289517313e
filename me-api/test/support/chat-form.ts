import { randomUUID } from 'node:crypto'
import type { Message } from '../../src/contract/index.ts'
import { type Browser, browser } from './browser.ts'
import { moderate } from './moderation.ts'
import { api, bearer, ownerToken } from './rest.ts'
import type { TestApp } from './start-app.ts'

type Fields = Record<string, string>

/** Sends a form that nobody has sent before, without waiting for one's own message in a document. */
export const write = (one: Browser, fields: Fields, path = '/chat/lobby') =>
  one.post(path, { nonce: randomUUID(), ...fields })

/** Reads the room, and sends its form. */
export async function readAndWrite(one: Browser, fields: Fields, path = '/chat/lobby') {
  const { nonce } = await one.get(path)
  return one.post(path, { nonce, ...fields })
}

export const signInWith = (one: Browser, { email, password }: { email: string; password: string }) =>
  one.post('/api/login', JSON.stringify({ email, password }), { 'content-type': 'application/json' })

/** A browser with the cookies of another: the same, at a server that was started again. */
export function sameBrowser({ cookies }: Browser, app: TestApp): Browser {
  const one = browser(app)
  for (const [name, value] of cookies) one.cookies.set(name, value)
  return one
}

export async function messagesOf(app: TestApp, room = 'lobby') {
  const { body } = await api(app).get(`/api/chat/rooms/${room}/messages`).expect(200)
  return (body as { data: { messages: Message[] } }).data.messages
}
export const textsOf = async (app: TestApp, room?: string) =>
  (await messagesOf(app, room)).map(({ text }) => text)

/** The owner's order about who wrote the first message. */
export async function moderateFirst(app: TestApp, order: { action: string; reason?: string }) {
  const [message] = await messagesOf(app)
  await moderate(app, await ownerToken(app), { id: message?.author.id, ...order }).expect(204)
}

export const setLobby = async (app: TestApp, settings: object) =>
  api(app)
    .patch('/api/chat/rooms/lobby')
    .set(bearer(await ownerToken(app)))
    .send(settings)
    .expect(200)

/** Adds a room, and returns what the owner is known by. */
export async function addRoom(app: TestApp, name: string, title: string) {
  const owner = bearer(await ownerToken(app))
  await api(app).post('/api/chat/rooms').set(owner).send({ name, title }).expect(201)
  return owner
}
