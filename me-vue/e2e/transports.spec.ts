import { readFile } from 'node:fs/promises'
import { expectAccessible, expectNoOverflow } from './support/axe.ts'
import { lanes, lessonOn, withCursor } from './support/lesson.ts'
import { expect, test } from './support/test.ts'

test('what is said once arrives in every lane, with its delay', async ({ page }) => {
  const lesson = lessonOn(page)
  await lesson.open()
  await lesson.start()
  await lesson.button('Say something').click()
  await lesson.haveArrived(1)
  for (const lane of lanes) {
    expect(await lesson.figure(lane, 'last'), lane).toBeGreaterThanOrEqual(0)
    expect(await lesson.figure(lane, 'worst'), lane).toBeLessThan(30_000)
    expect(await lesson.figure(lane, 'requests'), lane).toBeGreaterThan(0)
    expect(await lesson.figure(lane, 'down'), lane).toBeGreaterThan(100)
  }
  await expect(lesson.section).toContainText(
    /Your clock and the server’s differ by .*\sms, give or take .*\sms/,
  )
  await lesson.button('Say 20 things').click()
  // The last twelve are shown.
  await lesson.haveArrived(12)
  const numbers = await lesson.arrived('polling')
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  for (const lane of lanes) expect(await lesson.arrived(lane)).toEqual(numbers)
})

test('lanes whose script was lost on the way are asked for again', async ({ page }) => {
  await page.route('**/assets/LiveLanes-*.js', (route) => route.abort(), { times: 1 })
  const lost = page.waitForEvent('requestfailed')
  const lesson = lessonOn(page)
  await lesson.open()
  expect((await lost).url()).toContain('LiveLanes')
})

test('a cut is caught up with in every lane but the one without a log, and each says so', async ({
  page,
}) => {
  const lesson = lessonOn(page)
  await lesson.open()
  await lesson.start()
  await lesson.button('Say something').click()
  await lesson.haveArrived(1)
  const [last = 0] = await lesson.arrived('sse')
  await expect(lesson.button('Cut the network')).toHaveAccessibleDescription(
    /the server writes 3 messages meanwhile/,
  )
  await lesson.button('Cut the network').click()
  await expect(lesson.standing).toHaveText(/The network is cut/)
  for (const lane of lanes) await expect(lesson.state(lane)).toHaveText('Cut off.')
  await lesson.areOpen()
  await lesson.haveArrived(4, withCursor)
  for (const lane of withCursor)
    await expect(lesson.state(lane)).toHaveText(
      /Back after \d+\.\d\ss: asked for what came after number \d+, got 3\.$/,
    )
  await expect(lesson.state('plain')).toHaveText(/Back after \d+\.\d\ss\. It lost 3 messages\.$/)
  await expect(lesson.standing).toHaveText(/^“Plain Socket\.IO, no log” lost 3; the others .* have it all\.$/)
  expect(await lesson.arrived('plain')).toEqual([last])
  const holes = lesson.lane('plain').locator('li.lost')
  expect(await holes.allTextContents()).toEqual([1, 2, 3].map((more) => `${last + more} lost`))
  await expect(lesson.lane('plain')).toContainText('3 lost')
  await lesson.button('Say something').click()
  await lesson.haveArrived(5, withCursor)
  await lesson.haveArrived(2, ['plain'])
})

test('beside each lane stands the very file that runs', async ({ page }) => {
  const lesson = lessonOn(page)
  await lesson.open()
  const files = ['socket-io', 'websocket', 'sse', 'long-polling', 'polling', 'plain-socket-io']
  for (const [at, lane] of lanes.entries()) {
    const source = await readFile(new URL(`../src/lesson/readers/${files[at]}.ts`, import.meta.url), 'utf8')
    const button = lesson.lane(lane).getByRole('button', { name: /^What it is, and its code/ })
    await expect(button).toHaveAttribute('aria-expanded', 'false')
    await button.click()
    await expect(lesson.lane(lane).locator('code')).toBeVisible()
    expect(
      await lesson
        .lane(lane)
        .locator('code')
        .evaluate((code) => code.textContent),
    ).toBe(source)
    expect(source.trimEnd().split('\n').length, lane).toBeLessThan(60)
    await lesson.lane(lane).getByRole('button', { name: 'Hide the code' }).click()
    await expect(lesson.lane(lane).locator('code')).toHaveCount(0)
  }
})

test('nothing is requested before the reader starts the lanes, nor after they have stopped', async ({
  page,
}) => {
  const requested: string[] = []
  page.on('request', (request) => requested.push(new URL(request.url()).pathname))
  page.on('websocket', (socket) => requested.push(new URL(socket.url()).pathname))
  const ofLesson = () => requested.filter((path) => /~lesson|lesson\/|socket/.test(path))
  const lesson = lessonOn(page)
  await lesson.open()
  await page.waitForLoadState('networkidle')
  expect(ofLesson()).toEqual([])
  await lesson.start()
  await lesson.button('Stop').click()
  await expect(lesson.standing).toHaveText('The lanes are stopped, and all their connections are closed.')
  await page.waitForLoadState('networkidle')
  const before = ofLesson().length
  await page.evaluate(() => new Promise((done) => setTimeout(done, 3_000)))
  expect(ofLesson()).toHaveLength(before)
  await lesson.button('Go on').click()
  await lesson.areOpen()
})

test('after five minutes the lanes stop and say so, and go on when asked', async ({ page }) => {
  await page.clock.install()
  const lesson = lessonOn(page)
  await lesson.open()
  await lesson.start()
  await page.clock.fastForward('04:50')
  await expect(lesson.standing).toHaveText('The lanes are running.')
  await page.clock.fastForward('00:15')
  await expect(lesson.standing).toHaveText(/^Five minutes are over/)
  for (const lane of lanes) await expect(lesson.state(lane)).toHaveText(/^Closed\./)
  await lesson.button('Go on').click()
  await lesson.areOpen()
})

test('the keyboard alone starts, says, cuts, reads the code and stops', async ({ page }) => {
  const lesson = lessonOn(page)
  await lesson.open()
  await lesson.button('Start').focus()
  await page.keyboard.press('Enter')
  await lesson.areOpen()
  await expect(lesson.button('Stop')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(lesson.button('Say something')).toBeFocused()
  await page.keyboard.press('Space')
  await lesson.haveArrived(1)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(lesson.standing).toHaveText(/The network is cut/)
  await expect(lesson.button('Cut the network')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(lesson.section.locator('summary')).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(lesson.lane('socketio').locator('code')).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(lesson.lane('socketio').locator('pre')).toBeFocused()
  await lesson.button('Stop').focus()
  await page.keyboard.press('Enter')
  await expect(lesson.button('Go on')).toBeFocused()
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the running lanes pass axe and fit a phone, ${colorScheme}`, async ({ page }) => {
    test.slow()
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const lesson = lessonOn(page)
    await lesson.open()
    await expectAccessible(page)
    await lesson.start()
    await lesson.button('Cut the network').click()
    await expect(lesson.lane('plain')).toContainText('3 lost')
    await lesson
      .lane('sse')
      .getByRole('button', { name: /its code/ })
      .click()
    await expect(lesson.lane('sse').locator('code')).toBeVisible()
    await expectAccessible(page)
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 640 })
      await expectNoOverflow(page)
    }
    await expectAccessible(page)
  })

test('at a zoom of 400 % the controls leave the screen to the lanes', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 256 })
  const lesson = lessonOn(page)
  await lesson.open()
  await lesson.start()
  await lesson.lane('plain').scrollIntoViewIfNeeded()
  await expect(lesson.lane('plain')).toBeInViewport()
  await expect(lesson.button('Say something')).not.toBeInViewport()
  await expectNoOverflow(page)
})

test('without script the page says that the lanes need it, and has no buttons', async ({
  browser,
  siteUrl,
}) => {
  for (const [locale, words] of [
    ['en-GB', 'The lanes run in your browser and need JavaScript.'],
    ['sv-SE', 'Banorna körs i din webbläsare och behöver JavaScript.'],
    ['nb-NO', 'Banene kjører i nettleseren din og trenger JavaScript.'],
  ] as const) {
    const page = await browser.newPage({ baseURL: siteUrl, locale, javaScriptEnabled: false })
    await page.goto('/transports')
    const sentence = page.locator('.live-lanes noscript')
    await expect(sentence).toBeVisible()
    expect(await sentence.evaluate(({ textContent }) => textContent)).toContain(words)
    await expect(page.getByRole('main').getByRole('button')).toHaveCount(0)
    await page.close()
  }
})
