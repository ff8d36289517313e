import type { Message } from '../../src/contract/index.ts'
import { api, bearer, memberAccount, memberToken, ownerAccount, signIn } from './rest.ts'
import { type TestApp, startApp } from './start-app.ts'
import { type Visitor, connect, visitor } from './visitors.ts'

/** The owner and the member Ada, both in the chat's lobby. */
async function ownerAndMember(app: TestApp) {
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

/** Members may write as fast as tests do. */
export const unlimited = { LIMIT_MESSAGES: 'off' }

/** A site with the owner and the member Ada in its chat. */
export async function chatWithMember(options: Parameters<typeof startApp>[0] = {}) {
  const app = await startApp({ ...options, settings: { ...unlimited, ...options.settings } })
  return { app, ...(await ownerAndMember(app)) }
}

/** The owner deletes a member. */
export const removing = (app: TestApp, token: string, id: string, body?: object) =>
  api(app).delete(`/api/members/${id}`).set(bearer(token)).send(body)

/** The deletions that are not finished. */
export const departures = ({ db }: TestApp) => db.selectFrom('departures').selectAll().execute()

/** A visitor reports a message. */
export async function report(app: TestApp, id: string): Promise<void> {
  const { welcome } = await visitor(app, 'bo')
  await api(app)
    .post(`/api/chat/messages/${id}/report`)
    .set(bearer(welcome.token ?? ''))
    .expect(204)
}

/** What the tables hold of a name, beside the logs, which are append-only. */
export async function namesIn({ db }: TestApp, nick: string): Promise<unknown[]> {
  const found = await Promise.all([
    db.selectFrom('users').select('id').where('nick', '=', nick).execute(),
    db.selectFrom('visitors').select('id').where('nick', '=', nick).execute(),
    db.selectFrom('messages').select('id').where('nick', '=', nick).execute(),
  ])
  return found.flat()
}
