import { expect, test } from '@jest/globals'
import type { Identity, WebhookMade } from '../src/contract/index.ts'
import { databaseOf } from './support/database.ts'
import { startServer } from './support/program.ts'
import { ownerAccount } from './support/rest.ts'
import { temporaryFolder } from './support/start-app.ts'
import { receiveHere, startReceiver } from './support/webhooks.ts'

async function postTo<Data>(url: string, path: string, body: object, token = ''): Promise<Data> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  const answer = await fetch(`${url}/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  expect([path, answer.ok]).toEqual([path, true])
  return ((await answer.json()) as { data: Data }).data
}

test('what was acknowledged before the server is killed is told after it, in order and under the same id', async () => {
  const settings = {
    ...(await databaseOf(temporaryFolder())),
    ...receiveHere,
    ...{ OWNER_EMAIL: ownerAccount.email, OWNER_PASSWORD: ownerAccount.password },
  }
  const receiver = await startReceiver()
  receiver.answer = 'nothing'
  const first = await startServer(settings)
  const owner = await postTo<{ token: string }>(first.url, 'login', ownerAccount)
  const webhook = { url: receiver.url, events: ['message.sent'] }
  await postTo<WebhookMade>(first.url, 'webhooks', webhook, owner.token)
  const { token } = await postTo<Identity>(first.url, 'chat/visitors', { nick: 'ada' })
  const texts = Array.from({ length: 20 }, (_, index) => `words ${index}`)
  for (const text of texts) await postTo(first.url, 'chat/rooms/lobby/messages', { text }, token ?? '')
  await receiver.came()
  await first.kill('SIGKILL')
  receiver.answer = { status: 204 }
  await startServer(settings)
  await receiver.came(21)
  expect(receiver.texts()).toEqual([texts[0], ...texts].map((text) => `message.sent: ${text}`))
  const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
  expect(ids[0]).toBe(ids[1])
  expect(new Set(ids).size).toBe(20)
})
