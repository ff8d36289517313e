import { describe, expect, test } from '@jest/globals'
import { createOutbound } from '../src/outbound/outbound.ts'
import { systemClock } from '../src/clock.ts'
import { jumpingClock } from './support/jumping-clock.ts'
import { startNameServer } from './support/name-server.ts'
import { ownerToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { visitor } from './support/visitors.ts'
import {
  addWebhook,
  changeWebhook,
  deliveredAs,
  deliveriesOf,
  post,
  startReceiver,
  startWithWebhook,
} from './support/webhooks.ts'

const events = ['message.sent']

test.each([
  ...['http://hooks.example.org/', 'ftp://hooks.example.org/', 'file:///etc/passwd', 'javascript:alert(1)'],
  ...['hooks.example.org', '//hooks.example.org', 'https://', 'https://ada:secret@hooks.example.org/'],
  ...[
    'https://localhost/',
    'https://LOCALHOST./',
    'https://a.localhost/',
    'https://127.0.0.1/',
    'https://127.1/',
  ],
  ...[
    'https://0x7f.1/',
    'https://2130706433/',
    'https://017700000001/',
    'https://0.0.0.0/',
    'https://10.0.0.1/',
  ],
  ...['https://192.168.0.1/', 'https://169.254.169.254/', 'https://224.0.0.1/', 'https://100.64.0.1/'],
  ...['https://[::1]/', 'https://[::]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/'],
  ...['https://[64:ff9b::7f00:1]/', 'https://[fe80::1]/', 'https://[fd00::1]/', 'https://[2002:7f00:1::]/'],
])('refused: %s', async (url) => {
  const app = await startApp()
  const token = await ownerToken(app)
  const { body } = await post(app, token, '/api/webhooks', { url, events }).expect(400)
  expect(body).toEqual(refusal(400, 'INVALID', '/url'))
  const { webhook } = await addWebhook(app, token, { url: 'https://hooks.example.org/', events })
  await changeWebhook(app, token, webhook.id, { url }).expect(400)
})

test.each(['ftp://127.0.0.1/', 'http://ada:secret@127.0.0.1/', 'data:,x'])(
  'refused with OUTBOUND_PRIVATE too: %s',
  async (url) => {
    const app = await startApp({ settings: { OUTBOUND_PRIVATE: 'on' } })
    const token = await ownerToken(app)
    await post(app, token, '/api/webhooks', { url, events }).expect(400)
  },
)

test('a name that means this machine at the second look is not reached', async () => {
  const receiver = await startReceiver()
  const names = await startNameServer('8.8.8.8')
  const outbound = createOutbound({
    ...{ mayReachPrivate: false, mayBePlain: true, nameServers: [names.address], clock: systemClock },
  })
  const url = `http://hooks.test:${new URL(receiver.url).port}/`
  expect(outbound.refusalOf(url)).toBeNull()
  names.means = '127.0.0.1'
  await expect(outbound.post(url, { headers: {}, body: 'x' })).rejects.toThrow('has a private address')
  expect(receiver.received).toEqual([])
})

describe('receivers that do harm', () => {
  test('a redirect is a failure, and is not followed', async () => {
    const elsewhere = await startReceiver()
    const { app, token, receiver, id } = await startWithWebhook({ events })
    receiver.answers.push({ status: 307, headers: { Location: elsewhere.url } })
    await (await visitor(app, 'ada')).send('hello')
    await deliveredAs(app, token, id, { status: 'pending', attempts: 1, answer: { status: 307, body: '' } })
    expect(elsewhere.received).toEqual([])
  })

  test('of an answer of a gigabyte little is read, and less is kept', async () => {
    const { app, token, receiver, id } = await startWithWebhook({ events })
    let written = 0
    receiver.respond = (res) => {
      const chunk = Buffer.alloc(64 * 1024, 'x')
      res.writeHead(200, { 'Content-Length': 2 ** 30 })
      const write = () => {
        while (!res.destroyed && written < 2 ** 30) {
          written += chunk.length
          if (!res.write(chunk)) return void res.once('drain', write)
        }
      }
      res.on('error', () => {})
      write()
    }
    await (await visitor(app, 'ada')).send('hello')
    const [delivery] = await deliveredAs(app, token, id, { status: 'delivered' })
    expect(delivery?.answer?.body).toBe('x'.repeat(500))
    expect(written).toBeLessThan(64 * 2 ** 20)
  })

  test('who does not answer is left after 15 seconds', async () => {
    const clock = jumpingClock()
    const { app, token, receiver, id } = await startWithWebhook({ events }, { clock })
    receiver.answers.push('nothing')
    await (await visitor(app, 'ada')).send('hello')
    await receiver.came()
    clock.jump(14_000)
    expect((await deliveriesOf(app, token, id))[0]).toMatchObject({ attempts: 0 })
    clock.jump(1_000)
    await deliveredAs(app, token, id, {
      ...{ status: 'pending', attempts: 1, answer: null },
      error: `${new URL(receiver.url).host} did not answer in time`,
    })
  })

  test('twenty who do not answer hold up neither others nor a stop', async () => {
    const { app, token, receiver } = await startWithWebhook({ events })
    const silent = await startReceiver()
    silent.answer = 'nothing'
    for (let number = 2; number <= 20; number++)
      await addWebhook(app, token, { url: `${silent.url}${number}`, events })
    const ada = await visitor(app, 'ada')
    await ada.send('one')
    await silent.came(19)
    await ada.send('two')
    await receiver.came(2)
    const began = performance.now()
    await app.close()
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  test('an answer of bytes that are no text is kept as text', async () => {
    const { app, token, receiver, id } = await startWithWebhook({ events })
    receiver.respond = (res) => void res.end(Buffer.from([0, 0xff, 0xfe, 0x41]))
    await (await visitor(app, 'ada')).send('hello')
    const [delivery] = await deliveredAs(app, token, id, { status: 'delivered' })
    expect(delivery?.answer?.body).toMatch(/A$/)
  })
})
