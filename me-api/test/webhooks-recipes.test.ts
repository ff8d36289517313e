import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { conversation, withToken } from './support/conversations.ts'
import { ownerToken } from './support/rest.ts'
import { closeAfterTest, startApp } from './support/start-app.ts'
import { eventually, visitor } from './support/visitors.ts'
import { addWebhook, deliveredAs, post, receiveHere, startReceiver } from './support/webhooks.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

test('the recipe for ntfy tells a phone of private words', async () => {
  const page = readFileSync(join(root, 'docs/integrations.md'), 'utf8')
  const recipes = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, recipe = '']) => recipe)
  const [recipe = ''] = recipes.filter((text) => text.includes('$NTFY'))
  const phone = await startReceiver()
  const app = await startApp({ settings: receiveHere })
  const env = {
    PATH: process.env['PATH'] ?? '',
    SITE: app.url,
    NTFY: `${phone.url}topic`,
    OWNER_TOKEN: await ownerToken(app),
  }
  await run('sh', ['-ec', recipe], { env })
  const ada = await withToken(await visitor(app, 'ada'))
  const { name: room } = await conversation(app, ada.token)
  await ada.send({ room, text: 'Är du **där**?' })
  const { path, headers, body } = await phone.came()
  expect({ path, body, title: headers['title'] }).toEqual({
    path: '/topic',
    body: 'Är du där?',
    title: 'ada in a private conversation',
  })
  expect(headers['click']).toBe(`${app.url}/chat/${room}/1`)
})

test('the receiver of the examples prints what is signed, once', async () => {
  const app = await startApp({ settings: receiveHere })
  const token = await ownerToken(app)
  // Its address is known only when it runs, and its secret before.
  const { webhook, secret } = await addWebhook(app, token, {
    url: 'http://127.0.0.1:9/',
    events: ['message.sent'],
  })
  const example = join(root, 'docs/examples/webhook-receiver.mjs')
  const receiver = spawn(process.execPath, [example], { env: { WEBHOOK_SECRET: secret, PORT: '0' } })
  closeAfterTest(async () => void receiver.kill())
  let [out, err] = ['', '']
  receiver.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  receiver.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const url = await eventually(() => {
    const [, port] = /listening on (\d+)/.exec(err) ?? []
    expect(port).toBeDefined()
    return `http://127.0.0.1:${port}/`
  })
  const other = await addWebhook(app, token, { url, events: ['report.created'] })
  await post(app, token, `/api/webhooks/${other.webhook.id}/test`).expect(202)
  await deliveredAs(app, token, other.webhook.id, { status: 'failed', answer: { status: 401, body: '' } })
  await app.db.updateTable('webhooks').set({ url }).where('id', '=', webhook.id).execute()
  await post(app, token, `/api/webhooks/${webhook.id}/test`).expect(202)
  const [delivery] = await deliveredAs(app, token, webhook.id, { status: 'delivered' })
  await post(app, token, `/api/webhooks/${webhook.id}/deliveries/${delivery!.id}/replay`).expect(202)
  await deliveredAs(app, token, webhook.id, { status: 'delivered', attempts: 2 })
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type),
  ).toEqual(['test'])
})
