import { type IncomingHttpHeaders, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect } from '@jest/globals'
import type {
  Webhook,
  WebhookDeliveries,
  WebhookDelivery,
  WebhookMade,
  WebhookPayload,
} from '../../src/contract/index.ts'
import { webhookPayloads } from '../../src/contract/webhooks.ts'
import { api, bearer, ownerToken } from './rest.ts'
import { type TestApp, closeAfterTest, startApp } from './start-app.ts'
import { eventually } from './visitors.ts'

/** Receivers of the tests are on this machine. */
export const receiveHere = { OUTBOUND_PRIVATE: 'on', LIMIT_MESSAGES: 'off' }

export type Received = { path: string; headers: IncomingHttpHeaders; body: string; at: number }
type Answer = { status: number; headers?: Record<string, string>; body?: string } | 'nothing'

/** A program that webhooks tell, and that answers what a test wants. */
export async function startReceiver() {
  const received: Received[] = []
  const receiver = {
    received,
    /** Every answer, but for those that come first. */
    answer: { status: 204 } as Answer,
    answers: [] as Answer[],
    /** Answers in its own way. */
    respond: null as ((res: ServerResponse, request: Received) => void) | null,
    url: '',
    /** Resolves once that many requests came, with the last of them. */
    came: (count = 1): Promise<Received> =>
      eventually(() => {
        expect(received.length).toBeGreaterThanOrEqual(count)
        return received.at(-1)!
      }, 30_000),
    payloads: (): WebhookPayload[] => received.map(({ body }) => payloadIn(body)),
    texts: (): string[] => receiver.payloads().map(textOf),
  }
  const server = createServer(async (req, res) => {
    const body = await text(req)
    const request = { path: req.url ?? '', headers: req.headers, body, at: Date.now() }
    received.push(request)
    if (receiver.respond) return receiver.respond(res, request)
    const answer = receiver.answers.shift() ?? receiver.answer
    if (answer !== 'nothing') res.writeHead(answer.status, answer.headers).end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeAfterTest(async () => {
    server.closeAllConnections()
    server.close()
  })
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return receiver
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>

/** A payload has every field that is documented, and no other. */
function payloadIn(body: string): WebhookPayload {
  const payload = JSON.parse(body) as WebhookPayload
  expect(webhookPayloads[payload.type].parse(payload)).toEqual(payload)
  return payload
}

const textOf = ({ type, data }: WebhookPayload): string =>
  'message' in data ? `${type}: ${data.message.text}` : type

export const post = (app: TestApp, token: string, path: string, body?: object) =>
  api(app).post(path).set(bearer(token)).send(body)

export async function addWebhook(app: TestApp, token: string, body: object): Promise<WebhookMade> {
  const answer = await post(app, token, '/api/webhooks', body).expect(201)
  return (answer.body as { data: WebhookMade }).data
}

export async function webhookOf(app: TestApp, token: string, id: string): Promise<Webhook> {
  const { body } = await api(app).get(`/api/webhooks/${id}`).set(bearer(token)).expect(200)
  return (body as { data: Webhook }).data
}

/** The deliveries of a webhook, newest first. */
export async function deliveriesOf(app: TestApp, token: string, id: string): Promise<WebhookDelivery[]> {
  const { body } = await api(app).get(`/api/webhooks/${id}/deliveries`).set(bearer(token)).expect(200)
  return (body as { data: WebhookDeliveries }).data.deliveries
}

export const changeWebhook = (app: TestApp, token: string, id: string, body: object) =>
  api(app).patch(`/api/webhooks/${id}`).set(bearer(token)).send(body)

/** Resolves with a webhook's deliveries once the newest has such a state. */
export const deliveredAs = (app: TestApp, token: string, id: string, state: object) =>
  eventually(async () => {
    const deliveries = await deliveriesOf(app, token, id)
    expect(deliveries[0]).toMatchObject(state)
    return deliveries
  }, 30_000)

/** A site with a webhook that a receiver of the test's own gets. */
export async function startWithWebhook(
  webhook: object = { events: ['message.sent', 'message.edited', 'message.deleted'] },
  options: Parameters<typeof startApp>[0] = {},
) {
  const receiver = await startReceiver()
  const app = await startApp({ ...options, settings: { ...receiveHere, ...options.settings } })
  const token = await ownerToken(app)
  const made = await addWebhook(app, token, { url: receiver.url, ...webhook })
  return { app, token, receiver, id: made.webhook.id, ...made }
}
