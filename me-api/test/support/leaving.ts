import type { Message } from '../../src/contract/index.ts'
import { api, bearer, memberAccount, memberToken, ownerAccount, signIn } from './rest.ts'
import type { TestApp } from './start-app.ts'
import { type Visitor, connect } from './visitors.ts'

/** The owner and the member Ada, both in the chat's lobby. */
export async function ownerAndMember(app: TestApp) {
  const token = await memberToken(app)
  const ownersToken = await signIn(app, ownerAccount)
  const owner = await connect(app, { auth: { token: ownersToken } })
  const ada = await connect(app, { auth: { token } })
  await owner.enter()
  return { owner, ownersToken, ada, token, id: ada.welcome.self?.id ?? '' }
}

/** Deletes the member's own account. */
export const leaving = (app: TestApp, token: string, body: object = {}) =>
  api(app)
    .delete('/api/me')
    .set(bearer(token))
    .send({ password: memberAccount.password, ...body })

/** The messages of a room as anybody reads them. */
export async function history(app: TestApp, room = 'lobby'): Promise<Message[]> {
  const { body } = await api(app).get(`/api/chat/rooms/${room}/messages?limit=200`).expect(200)
  return (body as { data: { messages: Message[] } }).data.messages
}

/** The authors' nicks of what a reader has, as each message is now. */
export function nicksAt(reader: Visitor): Map<string, string> {
  return new Map(reader.seen().map(({ id, author }) => [id, author.nick]))
}
