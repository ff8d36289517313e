import { expect, test } from '@jest/globals'
import { databaseBehindProxy } from './support/database-proxy.ts'
import { describeNodes, startPair } from './support/nodes.ts'
import { startPushService } from './support/push-service.ts'
import { reachPrivate, startWithPush, subscribe } from './support/push.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { temporaryFolder } from './support/start-app.ts'
import { eventually, visitor } from './support/visitors.ts'

describeNodes('web push with several nodes', () => {
  test('every message is told once, whichever node stored it', async () => {
    const { one, other } = await startPair({ settings: reachPrivate })
    const token = await ownerToken(one)
    const browser = (await startPushService()).browser()
    await subscribe(one, token, browser)
    const [ada, bo] = [await visitor(one, 'ada'), await visitor(other, 'bo')]
    for (let round = 1; round <= 3; round++) {
      await (round % 2 ? ada : bo).send(`round ${round}`)
      await browser.told(round)
    }
    await api(other).post('/api/me/push/test').set(bearer(token)).expect(204)
    await browser.told(4)
    expect(
      browser
        .notifications()
        .map(({ body }) => body)
        .slice(0, 3),
    ).toEqual(['round 1', 'round 2', 'round 3'])
    expect(browser.asked).toHaveLength(4)
  })

  test('what is said just before PostgreSQL goes is told once it is back', async () => {
    const { settings, goAway, comeBack } = await databaseBehindProxy(temporaryFolder())
    const logLines: string[] = []
    const { app, browser } = await startWithPush({ settings, logLines })
    const ada = await visitor(app, 'ada')
    await ada.send('Is somebody here?')
    goAway()
    // Ten seconds later; who is to be told is looked up after one.
    await eventually(() => expect(logLines.join()).toContain('more failed, because'))
    comeBack()
    expect((await browser.told()).payload.notification.body).toBe('Is somebody here?')
  })
})
