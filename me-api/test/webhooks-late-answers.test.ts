import { expect, test } from '@jest/globals'
import { tokenOf } from './support/moderation.ts'
import { api, bearer } from './support/rest.ts'
import { visitor } from './support/visitors.ts'
import { deliveredAs, startWithWebhook } from './support/webhooks.ts'

/** A receiver that repeats what it got, once it may. */
async function startWithEcho(events: string[]) {
  const site = await startWithWebhook({ events })
  const mayAnswer = Promise.withResolvers<void>()
  site.receiver.respond = (res, { body }) =>
    void mayAnswer.promise.then(() => res.end(`you said: ${body.slice(-400)}`))
  return { ...site, answer: mayAnswer.resolve }
}

test('words that are erased while their delivery is under way are not in the answer that is kept', async () => {
  const { app, token, receiver, id, answer } = await startWithEcho(['message.sent'])
  const ada = await visitor(app, 'ada')
  await ada.send('secret plan')
  await receiver.came()
  await api(app)
    .delete('/api/me/words')
    .set(bearer(tokenOf(ada)))
    .expect(204)
  answer()
  await deliveredAs(app, token, id, { status: 'delivered', answer: { status: 200, body: null } })
  expect(JSON.stringify(await app.db.selectFrom('webhook_deliveries').selectAll().execute())).not.toContain(
    'secret',
  )
})

test('nor are words that are edited, or a nick that is given up', async () => {
  const { app, token, receiver, id, answer } = await startWithEcho(['message.sent', 'visitor.joined'])
  const ada = await visitor(app, 'ada')
  await receiver.came()
  await ada.setNick('eve')
  answer()
  await deliveredAs(app, token, id, {
    event: 'visitor.joined',
    status: 'delivered',
    answer: { status: 200, body: null },
  })
})
