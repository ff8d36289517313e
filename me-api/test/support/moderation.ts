import { expect } from '@jest/globals'
import type { ModerationOverview, Notice } from '../../src/contract/index.ts'
import { api, bearer, ownerToken } from './rest.ts'
import type { TestApp } from './start-app.ts'
import { type Visitor, connect, visitor } from './visitors.ts'

export const idOf = ({ welcome }: Visitor): string => welcome.self?.id ?? ''
export const tokenOf = ({ welcome }: Visitor): string => welcome.token ?? ''

/** The owner, a visitor, and the owner's orders about her. */
export async function ownerAndAda(app: TestApp) {
  const token = await ownerToken(app)
  const owner = await connect(app, { auth: { token } })
  const ada = await visitor(app, 'ada', 'tab 1')
  const order = (action: string, minutes?: number) =>
    owner.emit('visitor:moderate', { id: idOf(ada), action, ...(minutes !== undefined && { minutes }) })
  return { owner, token, ada, order }
}

/** What the owner sees of the moderation. */
export async function overview(app: TestApp, token: string): Promise<ModerationOverview> {
  const { body } = await api(app).get('/api/chat/moderation').set(bearer(token)).expect(200)
  return (body as { data: ModerationOverview }).data
}

/** The actions in the log of the owner's account and what each was done to, the latest first. */
export async function accountLog(app: TestApp, token: string) {
  return (await overview(app, token)).account.map(({ action, subject }) => [action, subject])
}

/** The owner's order about a person, over REST. */
export const moderate = (app: TestApp, token: string, order: object) =>
  api(app).post('/api/chat/moderation').set(bearer(token)).send(order)

/** The next thing that the server says to somebody on its own account. */
export const noticed = (one: Visitor) => new Promise<Notice>((resolve) => one.socket.once('notice', resolve))

export const done = { ok: true, data: null }
export const refused = (code: string) => ({ ok: false, error: { code, retryAfter: expect.any(Number) } })
