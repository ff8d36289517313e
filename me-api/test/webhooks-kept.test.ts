import { expect, test } from '@jest/globals'
import { jumpingClock } from './support/jumping-clock.ts'
import { eventually, visitor } from './support/visitors.ts'
import { deliveredAs, startWithWebhook, webhookOf } from './support/webhooks.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

async function startWithClock() {
  const clock = jumpingClock()
  const started = await startWithWebhook({ events: ['message.sent'] }, { clock })
  const { app, id } = started

  /** Puts deliveries into the database that were made earlier. */
  async function put(count: number, status: 'pending' | 'delivered', at = clock.now()): Promise<void> {
    const row = { webhook_id: id, event: 'test' as const, subject: null, status, made_at: at }
    const rows = Array.from({ length: count }, (_, index) => ({ ...row, id: `msg_${status}_${index}` }))
    for (let start = 0; start < rows.length; start += 1_000)
      await app.db
        .insertInto('webhook_deliveries')
        .values(rows.slice(start, start + 1_000))
        .execute()
  }
  const kept = async () => {
    const rows = await app.db.selectFrom('webhook_deliveries').select(['id', 'status']).execute()
    return rows.map(({ id: own }) => own)
  }
  return { ...started, clock, put, kept }
}

test('the log keeps the newest thousand of a webhook, for thirty days', async () => {
  const { app, token, id, clock, put, kept } = await startWithClock()
  await put(1_005, 'delivered')
  await (await visitor(app, 'ada')).send('words')
  const [newest] = await deliveredAs(app, token, id, { status: 'delivered', event: 'message.sent' })
  clock.jump(HOUR)
  await eventually(async () => expect(await kept()).toHaveLength(1_000))
  expect(await kept()).toContain(newest!.id)
  expect(await kept()).not.toContain('msg_delivered_5')
  clock.jump(30 * DAY)
  await eventually(async () => expect(await kept()).toEqual([]))
})

test('what waits for thirty days is dropped', async () => {
  const { receiver, clock, put, kept, app, token, id } = await startWithClock()
  receiver.answer = { status: 503, headers: { 'Retry-After': '86400' } }
  await put(2, 'pending', clock.now() - 30 * DAY)
  await deliveredAs(app, token, id, { status: 'pending', attempts: 0 })
  clock.jump(HOUR)
  await eventually(async () => expect(await kept()).toEqual([]))
})

test('a webhook for which a hundred thousand deliveries wait is switched off', async () => {
  const { app, token, receiver, id, clock, put } = await startWithClock()
  receiver.answer = { status: 503, headers: { 'Retry-After': '86400' } }
  await put(100_001, 'pending')
  clock.jump(HOUR)
  await eventually(async () => expect(await webhookOf(app, token, id)).toMatchObject({ off: 'failing' }))
})
