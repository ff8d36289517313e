import type { BrowserContext } from '@playwright/test'
import { io, type Socket } from 'socket.io-client'
import type { House } from '../../e2e/support/house.ts'
import { owner } from '../../e2e/support/server.ts'

export type Present = {
  say: (text: string, replyTo?: string) => Promise<unknown>
  /** Is seen writing, until something is said. */
  write: () => void
  moderate: (id: string, action: 'mute' | 'ban') => Promise<unknown>
  id: string
}

/** Somebody who is here, without a browser. */
export const present = (house: House, nick: string) => arrive(house, { nick })

export const ownerPresent = async (house: House) => arrive(house, { token: await ownersToken(house) })

/** Signs the owner in. The cookie outlives the browser's own clock, which is not the server's. */
export async function signIn(context: BrowserContext, house: House): Promise<void> {
  await context.addInitScript(() => localStorage.setItem('me.signed-in', '1'))
  await context.addCookies([{ name: 'me_session', value: await ownersToken(house), url: house.url }])
}

async function ownersToken(house: House): Promise<string> {
  const answer = await fetch(`${house.url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: owner.email, password: owner.password }),
  })
  return ((await answer.json()) as { data: { token: string } }).data.token
}

async function arrive(house: House, auth: { nick?: string; token?: string }): Promise<Present> {
  const socket: Socket = io(`${house.url}/chat`, { transports: ['websocket'], forceNew: true, auth })
  const { self } = await new Promise<{ self: { id: string } }>((resolve, reject) => {
    socket.once('welcome', resolve)
    socket.once('connect_error', reject)
  })
  return {
    id: self.id,
    say: (text, replyTo) =>
      socket.emitWithAck('message:send', { room: 'lobby', id: crypto.randomUUID(), text, replyTo }),
    write: () => void socket.emit('typing:set', { room: 'lobby', on: true }, () => undefined),
    moderate: (id, action) => socket.emitWithAck('visitor:moderate', { id, action }),
  }
}
