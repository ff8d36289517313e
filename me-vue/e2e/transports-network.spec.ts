import { countingProxy } from './support/counting-proxy.ts'
import { expect, test } from './support/chat.ts'
import { lanes, lessonOn, withCursor } from './support/lesson.ts'

const say = async (url: string, count = 1) => {
  const answer = await fetch(`${url}/api/lesson/say`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ count }),
  })
  expect(answer.status).toBe(201)
}

for (const refusesUpgrades of [false, true])
  test(`the figures of each lane are those that the server’s side counts, ${
    refusesUpgrades ? 'without' : 'with'
  } WebSockets`, async ({ page, server }) => {
    test.slow()
    const proxy = await countingProxy(server.url, { refusesUpgrades })
    const lesson = lessonOn(page)
    const isThere = (lane: string) => !refusesUpgrades || lane !== 'websocket'
    const catching = withCursor.filter(isThere)
    await lesson.open(proxy.url)
    await lesson.button('Start').click()
    await lesson.areOpen(['polling', 'plain'])
    for (let times = 1; times <= 3; times++) {
      await lesson.button('Say something').click()
      await lesson.haveArrived(times, ['polling', 'plain'])
    }
    await lesson.button('Cut the network').click()
    for (const lane of catching)
      await expect(lesson.lane(lane).locator('li.here'), lane).toHaveCount(6, { timeout: 30_000 })
    // Polls once without news: the server answers that the cached answer is still so.
    await expect.poll(() => lesson.figure('polling', 'requests')).toBeGreaterThan(5)
    await lesson.button('Stop').click()
    await expect.poll(proxy.open).toBe(0)
    const counted = proxy.counts()
    for (const lane of lanes)
      for (const figure of ['requests', 'connections', 'up', 'down'] as const)
        await expect
          .poll(() => lesson.figure(lane, figure), `${figure} of ${lane}`)
          .toBe(counted[lane]![figure])
    for (const lane of lanes.filter(isThere)) expect(counted[lane]!.down, lane).toBeGreaterThan(500)
    proxy.close()
  })

test('where a proxy refuses WebSockets the lanes say so, and those that hold a connection take turns', async ({
  page,
  server,
}) => {
  test.slow()
  const proxy = await countingProxy(server.url, { refusesUpgrades: true })
  const lesson = lessonOn(page)
  await lesson.open(proxy.url)
  await lesson.button('Start').click()
  await expect(lesson.state('websocket')).toHaveText(
    /^Something between this page and the server refuses the upgrade to a WebSocket/,
  )
  await expect(lesson.state('plain')).toHaveText(/refuses WebSockets, so it goes on over long polling/)
  // Six connections: three lanes hold one at once, and the other three are the page's.
  const resting = () =>
    lesson.section.locator('[aria-live]', { hasText: /^Resting: over HTTP\/1\.1/ }).count()
  await expect.poll(resting).toBe(1)
  const rested = new Set<string>()
  const turning = ['socketio', 'sse', 'longPolling']
  await expect
    .poll(
      async () => {
        for (const lane of turning)
          if (/^Resting/.test((await lesson.state(lane).textContent()) ?? '')) rested.add(lane)
        // What is asked meanwhile is answered.
        expect(await page.evaluate(async () => (await fetch('/api/lesson/headers')).ok)).toBe(true)
        return rested.size
      },
      { timeout: 60_000 },
    )
    .toBe(turning.length)
  await lesson.button('Say something').click()
  await lesson.haveArrived(1, ['polling', 'plain'])
  // Whoever rests catches up when its turn is over.
  for (const lane of turning)
    await expect(lesson.lane(lane).locator('li.here')).toHaveCount(1, { timeout: 30_000 })
  // A lane says what it does now a moment after its turn.
  await expect.poll(resting).toBe(1)
  expect(await lesson.arrived('websocket')).toEqual([])
  await lesson.button('Stop').click()
  await expect.poll(proxy.open).toBe(0)
  proxy.close()
})

test('more than the server wants to say is told kindly', async ({ page, server }) => {
  const lesson = lessonOn(page)
  await lesson.open(server.url)
  await lesson.start()
  for (let times = 0; times < 4; times++) {
    const answer = page.waitForResponse(/lesson\/say/)
    await lesson.button('Say 20 things').click()
    await answer
  }
  await expect(lesson.section.getByRole('alert')).toHaveText(
    /^That was much at once\. The server says more in \d+ seconds?\.$/,
  )
})

test('without a network the lanes say so, and catch up by themselves once it is back', async ({
  page,
  server,
}) => {
  const lesson = lessonOn(page)
  await lesson.open(server.url)
  await lesson.start()
  await lesson.button('Say something').click()
  await lesson.haveArrived(1)
  await page.context().setOffline(true)
  await expect(lesson.standing).toHaveText(/^There is no network\./)
  for (const lane of lanes) await expect(lesson.state(lane)).toHaveText(/^No network\./)
  await say(server.url, 2)
  await page.context().setOffline(false)
  await lesson.areOpen()
  await lesson.haveArrived(3, withCursor)
  await expect(lesson.state('sse')).toHaveText(/asked for what came after number \d+, got 2\.$/)
  await expect(lesson.state('plain')).toHaveText(/It lost 2 messages\.$/)
})

test('a server that is away is told, and every lane comes back to it', async ({ page, server }) => {
  test.slow()
  const lesson = lessonOn(page)
  await lesson.open(server.url)
  await lesson.start()
  await lesson.button('Say something').click()
  await lesson.haveArrived(1)
  await server.kill()
  for (const lane of lanes)
    await expect(lesson.state(lane)).toHaveText(/^The server does not answer\. Trying again\./)
  await server.start()
  await say(server.url, 2)
  for (const lane of lanes)
    await expect(lesson.lane(lane), lane).toHaveAttribute('data-state', 'open', { timeout: 45_000 })
  await lesson.haveArrived(3, withCursor)
})

test('one tab at a time runs the lanes, and another can take over', async ({ context, server }) => {
  const one = lessonOn(await context.newPage())
  const two = lessonOn(await context.newPage())
  await one.open(server.url)
  await two.open(server.url)
  await one.start()
  await two.button('Start').click()
  await expect(two.standing).toHaveText(/^The lanes are running in another tab\./)
  await two.button('Run them here').click()
  await two.areOpen()
  await expect(one.standing).toHaveText(/^The lanes are running in another tab\./)
  for (const lane of lanes) await expect(one.lane(lane)).toHaveAttribute('data-state', 'away')
  // The one that waits in line goes on when the other is done.
  await one.button('Run them here').click()
  await one.areOpen()
  await expect(two.standing).toHaveText(/^The lanes are running in another tab\./)
})

test('a page that is hidden or left holds no connection, and goes on where it was when it is shown', async ({
  page,
  server,
}) => {
  const proxy = await countingProxy(server.url)
  const lesson = lessonOn(page)
  const show = (isHidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, isHidden)
  await lesson.open(proxy.url)
  await lesson.start()
  await expect.poll(proxy.open).toBeGreaterThan(3)
  await show(true)
  await expect.poll(proxy.open).toBe(0)
  await say(server.url, 2)
  await show(false)
  await lesson.areOpen()
  await lesson.haveArrived(2, withCursor)
  await expect.poll(proxy.open).toBeGreaterThan(3)
  await page.getByRole('contentinfo').getByRole('link', { name: 'Privacy' }).click()
  await expect(page).toHaveURL(/privacy$/)
  await expect.poll(proxy.open).toBe(0)
  proxy.close()
})
