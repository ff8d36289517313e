import { expect } from '@jest/globals'
import type { Notice } from '../../src/contract/index.ts'
import { ownerToken } from './rest.ts'
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

/** The next thing that the server says to somebody on its own account. */
export const noticed = (one: Visitor) => new Promise<Notice>((resolve) => one.socket.once('notice', resolve))

export const done = { ok: true, data: null }
export const refused = (code: string) => ({ ok: false, error: { code, retryAfter: expect.any(Number) } })
