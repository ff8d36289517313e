import { describe, expect, test } from '@jest/globals'
import { Webhook as Standard } from 'standardwebhooks'
import { jumpingClock } from './support/jumping-clock.ts'
import { bearer, api } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { eventually, visitor } from './support/visitors.ts'
import {
  addWebhook,
  deliveredAs,
  deliveriesOf,
  post,
  receiveHere,
  startReceiver,
  startWithWebhook,
  webhookOf,
} from './support/webhooks.ts'

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000]
/** The waits before the retries, in their order. */
const waits = [
  ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
]
/** With these a receiver wants to be left alone until a test lets time pass. */
const hourLater = { 'Retry-After': '3600' }
/** More than a wait with its jitter. */
const over = (wait: number) => wait * 1.1 + SECOND

describe('a receiver that fails', () => {
  test('is tried again after growing waits, under one id; after the last one the next has its turn', async () => {
    const clock = jumpingClock()
    const { app, token, receiver, id, secret } = await startWithWebhook(
      { events: ['message.sent'] },
      { clock },
    )
    const ada = await visitor(app, 'ada')
    receiver.answer = { status: 500 }
    await ada.send('poison')
    await ada.send('next')
    const first = () => deliveriesOf(app, token, id).then((all) => all[1]!)
    for (const [retry, wait] of waits.entries()) {
      await eventually(async () =>
        expect(await first()).toMatchObject({ attempts: retry + 1, status: 'pending' }),
      )
      const { lastAttemptAt, nextAttemptAt } = await first()
      const planned = Date.parse(nextAttemptAt ?? '') - Date.parse(lastAttemptAt ?? '')
      expect(planned).toBeGreaterThanOrEqual(wait)
      expect(planned).toBeLessThanOrEqual(wait * 1.1)
      expect(receiver.received).toHaveLength(retry + 1)
      if (retry + 1 === waits.length) receiver.answers.push({ status: 500 }, { status: 204 })
      clock.jump(over(wait))
    }
    await deliveredAs(app, token, id, { status: 'delivered' })
    expect(await first()).toMatchObject({ attempts: 10, status: 'failed', answer: { status: 500 } })
    expect(receiver.texts()).toEqual([
      ...Array.from({ length: 10 }, () => 'message.sent: poison'),
      'message.sent: next',
    ])
    expect(new Set(receiver.received.slice(0, 10).map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const { headers, body } = receiver.received[0]!
    expect(() => new Standard(secret).verify(body, headers as Record<string, string>)).not.toThrow()
    expect(await webhookOf(app, token, id)).toMatchObject({ on: true, failingSince: null })
  })

  test('holds up its own queue, in order, and no other', async () => {
    const clock = jumpingClock()
    const { app, token, receiver } = await startWithWebhook({ events: ['message.sent'] }, { clock })
    const other = await startReceiver()
    await addWebhook(app, token, { url: other.url, events: ['message.sent'] })
    receiver.answers.push({ status: 503, headers: hourLater })
    const ada = await visitor(app, 'ada')
    for (const text of ['one', 'two', 'three']) await ada.send(text)
    await other.came(3)
    await receiver.came()
    expect(receiver.texts()).toEqual(['message.sent: one'])
    clock.jump(HOUR)
    await receiver.came(4)
    const inOrder = ['one', 'two', 'three'].map((text) => `message.sent: ${text}`)
    expect(other.texts()).toEqual(inOrder)
    expect(receiver.texts().slice(1)).toEqual(inOrder)
  })

  test('gets a message that was edited meanwhile once, as it is now, and one that was deleted not at all', async () => {
    const clock = jumpingClock()
    const { app, token, receiver, id } = await startWithWebhook(undefined, { clock })
    receiver.answers.push({ status: 503, headers: hourLater })
    const ada = await visitor(app, 'ada')
    await ada.send('first')
    await receiver.came()
    const { id: edited } = await ada.send('draft')
    const { id: deleted } = await ada.send('a slip')
    await ada.ask('message:edit', { id: edited, text: 'final' })
    await ada.ask('message:delete', { id: deleted })
    await ada.send('last')
    clock.jump(HOUR)
    await deliveredAs(app, token, id, { status: 'delivered' })
    expect(receiver.texts().slice(1)).toEqual([
      'message.sent: first',
      'message.sent: final',
      'message.sent: last',
    ])
    const skipped = (await deliveriesOf(app, token, id)).filter(({ status }) => status === 'skipped')
    expect(skipped.map(({ event }) => event)).toEqual(['message.deleted', 'message.edited', 'message.sent'])
  })

  test('is asked again no earlier than it says', async () => {
    const clock = jumpingClock()
    const { app, token, receiver, id } = await startWithWebhook(undefined, { clock })
    receiver.answers.push({ status: 429, headers: { 'Retry-After': '3600' } })
    await (await visitor(app, 'ada')).send('patience')
    const [delivery] = await deliveredAs(app, token, id, { attempts: 1 })
    const wait = Date.parse(delivery!.nextAttemptAt ?? '') - Date.parse(delivery!.lastAttemptAt ?? '')
    expect(wait).toBe(HOUR)
    clock.jump(HOUR)
    await deliveredAs(app, token, id, { status: 'delivered', attempts: 2 })
  })

  test('may ask for a day at most', async () => {
    const { app, token, receiver, id } = await startWithWebhook()
    receiver.answers.push({ status: 503, headers: { 'Retry-After': '999999999' } })
    await (await visitor(app, 'ada')).send('patience')
    const [delivery] = await deliveredAs(app, token, id, { attempts: 1 })
    expect(Date.parse(delivery!.nextAttemptAt ?? '') - Date.parse(delivery!.lastAttemptAt ?? '')).toBe(
      24 * HOUR,
    )
  })

  test('waits no longer where the clock is set back', async () => {
    const clock = jumpingClock()
    const { app, token, receiver, id } = await startWithWebhook(undefined, { clock })
    receiver.answers.push({ status: 500 })
    await (await visitor(app, 'ada')).send('again')
    await deliveredAs(app, token, id, { attempts: 1 })
    clock.setBack(48 * HOUR)
    await deliveredAs(app, token, id, { status: 'delivered' })
  })
})

describe('restarts', () => {
  test('what was said before one is told after it, under the id that it had', async () => {
    const { app, receiver, id, token } = await startWithWebhook({ events: ['message.sent'] })
    receiver.answer = 'nothing'
    const ada = await visitor(app, 'ada')
    await ada.send('one')
    await ada.send('two')
    await receiver.came()
    await app.close()
    receiver.answer = { status: 204 }
    const again = await startApp({ folder: app.folder, settings: receiveHere })
    await receiver.came(3)
    expect(receiver.texts()).toEqual(['message.sent: one', 'message.sent: one', 'message.sent: two'])
    const [first, second] = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(first).toBe(second)
    await deliveredAs(again, token, id, { status: 'delivered' })
    await again.close()
    const last = await startApp({ folder: app.folder, settings: receiveHere })
    await post(last, token, `/api/webhooks/${id}/test`).expect(202)
    await receiver.came(4)
    expect(receiver.texts()[3]).toBe('test')
  })

  test('what a webhook had is gone with it', async () => {
    const { app, token, receiver, id } = await startWithWebhook()
    receiver.answer = { status: 500 }
    await (await visitor(app, 'ada')).send('one')
    await receiver.came()
    await api(app).delete(`/api/webhooks/${id}`).set(bearer(token)).expect(204)
    await eventually(async () =>
      expect(await app.db.selectFrom('webhook_deliveries').selectAll().execute()).toEqual([]),
    )
  })
})
