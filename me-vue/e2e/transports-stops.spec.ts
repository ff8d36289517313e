import type { Page } from '@playwright/test'
import { lanes, lessonOn } from './support/lesson.ts'
import { expect, test } from './support/test.ts'

/** The addresses of the lesson's requests from now on; the list grows. */
function requestedBy(page: Page): string[] {
  const requested: string[] = []
  const note = (address: string) => {
    if (/~lesson|lesson\/|socket/.test(address)) requested.push(address)
  }
  page.on('request', (request) => note(request.url()))
  page.on('websocket', (socket) => note(socket.url()))
  return requested
}

const pass = (page: Page, milliseconds: number) =>
  page.evaluate((time) => new Promise((done) => setTimeout(done, time)), milliseconds)

test('lanes that were stopped and started again while they began run once, and stop', async ({ page }) => {
  const lesson = lessonOn(page)
  await lesson.open()
  const held: (() => void)[] = []
  await page.route(/~lesson\/changes\?limit=1/, async (route) => {
    await new Promise<void>((go) => held.push(go))
    // What the page has given up is gone.
    await route.continue().catch(() => undefined)
  })
  await lesson.button('Start').click()
  await expect.poll(() => held.length).toBe(1)
  await lesson.button('Stop').click()
  await lesson.button('Go on').click()
  await expect.poll(() => held.length).toBe(2)
  for (const go of held) go()
  await lesson.areOpen()
  await lesson.button('Stop').click()
  await expect(lesson.standing).toHaveText(/^The lanes are stopped/)
  await page.waitForLoadState('networkidle')
  const requested = requestedBy(page)
  await pass(page, 4_000)
  expect(requested).toEqual([])
})

test('a cut that is stopped or left lets nothing be said, and nothing opens after it', async ({ page }) => {
  const lesson = lessonOn(page)
  await lesson.open()
  await lesson.start()
  await lesson.button('Cut the network').click()
  await lesson.button('Stop').click()
  const requested = requestedBy(page)
  await pass(page, 3_000)
  expect(requested).toEqual([])
  await lesson.button('Go on').click()
  await lesson.areOpen()
  await lesson.button('Cut the network').click()
  await page.getByRole('contentinfo').getByRole('link', { name: 'Privacy' }).click()
  await expect(page).toHaveURL(/privacy$/)
  const requestedLater = requestedBy(page)
  await pass(page, 3_000)
  expect(requestedLater).toEqual([])
})

test('a network that answers in the place of the server is told, and the lanes start once it is gone', async ({
  page,
}) => {
  const lesson = lessonOn(page)
  await lesson.open()
  await page.route(/lesson\/headers/, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<h1>Sign in to this network</h1>' }),
  )
  await lesson.button('Start').click()
  await expect(lesson.section.getByRole('alert')).toHaveText(/^Couldn't reach the server\./)
  for (const lane of lanes) await expect(lesson.state(lane)).toHaveText(/^Not started\./)
  await page.unroute(/lesson\/headers/)
  await lesson.button('Go on').click()
  await lesson.areOpen()
  await expect(lesson.section.getByRole('alert')).toHaveCount(0)
})
