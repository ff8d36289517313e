import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { eventually, visitor } from './support/visitors.ts'
import { deliveredAs, startWithWebhook } from './support/webhooks.ts'

test('what the database cannot note, as on a full disk, is noted later and not sent again', async () => {
  const logLines: string[] = []
  const { app, token, receiver, id } = await startWithWebhook(
    { events: ['message.sent'] },
    { logLines, settings: { LOG_LEVEL: 'error' } },
  )
  const mayAnswer = Promise.withResolvers<void>()
  receiver.respond = (res) => void mayAnswer.promise.then(() => res.end('taken'))
  await (await visitor(app, 'ada')).send('hello')
  await receiver.came()
  await sql`alter table webhook_deliveries rename column answer_status to former_status`.execute(app.db)
  mayAnswer.resolve()
  await eventually(() => expect(logLines.join('')).toContain('webhooks could not be told'))
  await sql`alter table webhook_deliveries rename column former_status to answer_status`.execute(app.db)
  await deliveredAs(app, token, id, {
    status: 'delivered',
    attempts: 1,
    answer: { status: 200, body: 'taken' },
  })
  expect(receiver.received).toHaveLength(1)
})
