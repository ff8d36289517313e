import type { Conversation, ConversationChange, Person, Room } from '../../src/contract/index.ts'
import { api, bearer, ownerToken } from './rest.ts'
import { type TestApp, startApp } from './start-app.ts'
import { type Visitor, connect, visitor } from './visitors.ts'

/** Somebody in the chat, with the token that they use over REST, and what they heard of conversations. */
export async function withToken(one: Visitor, token = one.welcome.token ?? '') {
  const told: ConversationChange[] = []
  one.socket.on('conversation:changed', (change) => told.push(change))
  return { ...one, token, self: one.welcome.self as Person, told }
}

/** The owner and the visitor ada, both in the chat. */
export async function ownerAndAda(options: Parameters<typeof startApp>[0] = {}) {
  const app = await startApp({ ...options, settings: { LIMIT_MESSAGES: 'off', ...options.settings } })
  return { app, ...(await peopleOf(app)) }
}

export async function peopleOf(app: TestApp) {
  const token = await ownerToken(app)
  const owner = await withToken(await connect(app, { auth: { token } }), token)
  const ada = await withToken(await visitor(app, 'ada'))
  return { owner, ada }
}

export const begin = (app: TestApp, token: string, body?: object) =>
  api(app).post('/api/chat/conversations').set(bearer(token)).send(body)

/** Begins or opens a conversation. */
export async function conversation(app: TestApp, token: string, body?: object): Promise<Room> {
  const { body: answer } = await begin(app, token, body)
  return (answer as { data: Room }).data
}

export async function conversationsOf(app: TestApp, token: string): Promise<Conversation[]> {
  const { body } = await api(app).get('/api/chat/conversations').set(bearer(token)).expect(200)
  return (body as { data: Conversation[] }).data
}

/** What is unread in the first conversation of a list. */
export const unreadOf = async (app: TestApp, token: string) => (await conversationsOf(app, token))[0]?.unread
