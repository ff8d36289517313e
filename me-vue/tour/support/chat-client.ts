import type { BrowserContext } from '@playwright/test'
import { io, type Socket } from 'socket.io-client'
import type { TestServer } from '../../e2e/support/test-server.ts'
import { ownerAccount } from '../../e2e/support/server.ts'

type ChatClient = {
  send: (text: string, more?: { replyTo?: string; about?: object }) => Promise<{ id: string }>
  /** Shows that this person is typing, until they send a message. */
  startTyping: () => void
  moderate: (id: string, action: 'mute' | 'ban') => Promise<unknown>
  id: string
}

/** Connects a visitor without a browser. */
export const connectVisitor = (server: TestServer, nick: string) => connect(server, { nick })

export const connectOwner = async (server: TestServer) => connect(server, { token: await ownerToken(server) })

/** Signs the owner in. The cookie outlives the browser's own clock, which is not the server's. */
export async function signIn(context: BrowserContext, server: TestServer): Promise<void> {
  await context.addInitScript(() => localStorage.setItem('me.signed-in', '1'))
  await context.addCookies([{ name: 'me_session', value: await ownerToken(server), url: server.url }])
}

async function ownerToken(server: TestServer): Promise<string> {
  const answer = await fetch(`${server.url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: ownerAccount.email, password: ownerAccount.password }),
  })
  return ((await answer.json()) as { data: { token: string } }).data.token
}

async function connect(server: TestServer, auth: { nick?: string; token?: string }): Promise<ChatClient> {
  const socket: Socket = io(`${server.url}/chat`, { transports: ['websocket'], forceNew: true, auth })
  const { self } = await new Promise<{ self: { id: string } }>((resolve, reject) => {
    socket.once('welcome', resolve)
    socket.once('connect_error', reject)
  })
  return {
    id: self.id,
    async send(text, more) {
      const message = { room: 'lobby', id: crypto.randomUUID(), text, ...more }
      const answer = await socket.emitWithAck('message:send', message)
      if (!answer.ok) throw new Error(JSON.stringify(answer))
      return message
    },
    startTyping: () => void socket.emit('typing:set', { room: 'lobby', on: true }, () => undefined),
    moderate: (id, action) => socket.emitWithAck('visitor:moderate', { id, action }),
  }
}
