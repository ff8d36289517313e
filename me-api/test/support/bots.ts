import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bot, BotCredentials, NewBot } from '../../src/contract/index.ts'
import { api, bearer, ownerToken } from './rest.ts'
import { type TestApp, startApp } from './start-app.ts'

/** The owner makes a bot. */
export async function makeBot(app: TestApp, owner: string, bot: NewBot): Promise<BotCredentials> {
  const { body } = await api(app).post('/api/bots').set(bearer(owner)).send(bot).expect(201)
  return (body as { data: BotCredentials }).data
}

/** A site with its owner and a bot. */
export async function startWithBot(
  options: Parameters<typeof startApp>[0] = {},
  bot: NewBot = { nick: 'Robbie' },
) {
  const app = await startApp(options)
  const owner = await ownerToken(app)
  return { app, owner, ...(await makeBot(app, owner, bot)) }
}

/** The bots that the owner sees. */
export async function botsOf(app: TestApp, owner: string): Promise<Bot[]> {
  const { body } = await api(app).get('/api/bots').set(bearer(owner)).expect(200)
  return (body as { data: Bot[] }).data
}

/** Says something over REST by a token. */
export const say = (app: TestApp, token: string, text: string, room = 'lobby') =>
  api(app).post(`/api/chat/rooms/${room}/messages`).set(bearer(token)).send({ text })

/** What a program sends, as its maker documents it. */
export const payload = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../fixtures/hooks/${name}.json`), 'utf8')

type Hook = { type?: string; headers?: Record<string, string>; query?: string }

/** Sends to the hook of a bot, as it is. */
export const hook = (
  { url }: { url: string },
  token: string,
  body: string | Uint8Array<ArrayBuffer>,
  { type = 'application/json', headers = {}, query = '' }: Hook = {},
) =>
  fetch(`${url}/hooks/${token}${query}`, {
    method: 'POST',
    headers: { ...(type && { 'content-type': type }), ...headers },
    body,
  })

/** The headers with which GitHub sends an event. */
export const fromGithub = (event: string, body: string, secret: string, delivery: string) => ({
  'x-github-event': event,
  'x-github-delivery': delivery,
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
})
