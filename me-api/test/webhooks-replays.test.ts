import { describe, expect, test } from '@jest/globals'
import { jumpingClock } from './support/jumping-clock.ts'
import { startPushService } from './support/push-service.ts'
import { subscribe } from './support/push.ts'
import { eventually, visitor } from './support/visitors.ts'
import {
  addWebhook,
  changeWebhook,
  deliveredAs,
  deliveriesOf,
  post,
  startWithWebhook,
  webhookOf,
} from './support/webhooks.ts'

const HOUR = 3_600_000

describe('switching off', () => {
  /** A webhook, and a browser of the owner's that is told. */
  async function withBrowser(options = {}) {
    const started = await startWithWebhook({ events: ['message.sent'] }, options)
    const browser = (await startPushService()).browser()
    await subscribe(started.app, started.token, browser)
    return { ...started, browser }
  }

  test('410 does it at once, and the owner is told; switched on, it goes on where it was', async () => {
    const { app, token, receiver, id, browser } = await withBrowser()
    const ada = await visitor(app, 'ada')
    receiver.answers.push({ status: 410 })
    await ada.send('one')
    await eventually(async () =>
      expect(await webhookOf(app, token, id)).toMatchObject({ on: false, off: 'gone' }),
    )
    await eventually(() =>
      expect(browser.notifications().map(({ title }) => title)).toContain('A webhook was switched off'),
    )
    await ada.send('two')
    await changeWebhook(app, token, id, { on: true }).expect(200)
    await deliveredAs(app, token, id, { status: 'delivered' })
    expect(receiver.texts()).toEqual(['message.sent: one', 'message.sent: one'])
  })

  test('five days of failure do it, and the owner is told', async () => {
    const clock = jumpingClock()
    const { app, token, receiver, id, browser } = await withBrowser({ clock })
    receiver.answer = { status: 500 }
    const ada = await visitor(app, 'ada')
    await ada.send('one')
    await ada.send('two')
    const attempts = async () =>
      (await deliveriesOf(app, token, id)).reduce((sum, { attempts: own }) => sum + own, 0)
    // It is switched off with the tenth; a jump after that would make the owner's notice too old to be sent.
    for (let before = await attempts(); before < 10; before = await attempts()) {
      clock.jump(27 * HOUR)
      await eventually(async () => expect(await attempts()).toBeGreaterThan(before))
    }
    await eventually(async () => expect((await webhookOf(app, token, id)).on).toBe(false))
    const { failingSince, off } = await webhookOf(app, token, id)
    expect(off).toBe('failing')
    expect(clock.now() - Date.parse(failingSince ?? '')).toBeGreaterThanOrEqual(5 * 24 * HOUR)
    await eventually(() =>
      expect(browser.notifications().map(({ title }) => title)).toContain('A webhook was switched off'),
    )
  })

  test('a clock that jumps ahead by a week does not', async () => {
    const clock = jumpingClock()
    const { app, token, receiver, id } = await startWithWebhook(undefined, { clock })
    receiver.answers.push({ status: 500 }, { status: 500 })
    await (await visitor(app, 'ada')).send('one')
    await deliveredAs(app, token, id, { attempts: 1 })
    clock.jump(7 * 24 * HOUR)
    await deliveredAs(app, token, id, { attempts: 2, status: 'pending' })
    expect(await webhookOf(app, token, id)).toMatchObject({ on: true })
  })
})

describe('replays', () => {
  test('send the same thing under the same id, as it is now', async () => {
    const { app, token, receiver, id } = await startWithWebhook({ events: ['message.sent'] })
    const ada = await visitor(app, 'ada')
    const message = await ada.send('before')
    const [told] = await deliveredAs(app, token, id, { status: 'delivered' })
    await ada.ask('message:edit', { id: message.id, text: 'after' })
    const { body } = await post(app, token, `/api/webhooks/${id}/deliveries/${told!.id}/replay`).expect(202)
    expect(body).toMatchObject({ data: { id: told!.id, status: 'pending' } })
    await receiver.came(2)
    expect(receiver.texts()).toEqual(['message.sent: before', 'message.sent: after'])
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([told!.id, told!.id])
    await deliveredAs(app, token, id, { status: 'delivered', attempts: 2 })
  })

  test('of what still waits have it tried at once, and one that works lets the others go', async () => {
    const { app, token, receiver, id } = await startWithWebhook({ events: ['message.sent'] })
    const ada = await visitor(app, 'ada')
    receiver.answers.push({ status: 500 }, { status: 500 })
    await ada.send('one')
    await ada.send('two')
    await receiver.came()
    const again = async () => {
      const [, first] = await deliveriesOf(app, token, id)
      await post(app, token, `/api/webhooks/${id}/deliveries/${first!.id}/replay`).expect(202)
    }
    await eventually(async () =>
      expect((await deliveriesOf(app, token, id))[1]).toMatchObject({ attempts: 1 }),
    )
    await again()
    await receiver.came(2)
    await eventually(async () =>
      expect((await deliveriesOf(app, token, id))[1]).toMatchObject({ attempts: 2 }),
    )
    await again()
    await receiver.came(4)
    expect(receiver.texts().slice(2)).toEqual(['message.sent: one', 'message.sent: two'])
  })

  test('are refused for what is not there', async () => {
    const { app, token, id } = await startWithWebhook()
    const other = await addWebhook(app, token, { url: 'https://hooks.example.org', events: ['mention'] })
    await post(app, token, `/api/webhooks/${id}/test`).expect(202)
    const [delivery] = await deliveriesOf(app, token, id)
    for (const path of [
      `${id}/deliveries/msg_none`,
      `${other.webhook.id}/deliveries/${delivery!.id}`,
      `none/deliveries/${delivery!.id}`,
    ])
      await post(app, token, `/api/webhooks/${path}/replay`).expect(404)
  })
})
