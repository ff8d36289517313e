import { expect, test } from '@jest/globals'
import { describeNodes, startPair } from './support/nodes.ts'
import { startPushService } from './support/push-service.ts'
import { reachPrivate, subscribe } from './support/push.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { visitor } from './support/visitors.ts'

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
})
