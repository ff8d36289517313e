import type { Page, Request } from '@playwright/test'
import { expectAccessible } from './support/axe.ts'
import { adaAndBo, expect, lines, test, visitor } from './support/chat.ts'
import { createOwnerApi } from './support/owner-api.ts'

/** The search panel and its parts. */
function searchPanel(page: Page) {
  const panel = page.getByRole('dialog')
  return {
    panel,
    field: panel.getByRole('searchbox'),
    results: panel.getByRole('link'),
    status: panel.getByRole('status'),
    button: page.getByRole('button', { name: 'Search' }),
  }
}

test('search finds parts of words while they are typed, marks them, lists the newest first, and opens an old message', async ({
  browser,
  server,
}) => {
  server.seedMessages(['the lamp was lit', ...lines(400), 'whose Lamp was that?'])
  const { page, message, expectLive } = await visitor(browser, server)
  await expectLive()
  const { panel, field, results, status, button } = searchPanel(page)
  await button.click()
  await expect(field).toBeFocused()
  await expect(panel).toContainText('Finds messages with all the words')
  await field.pressSequentially('was lam')
  await expect(status).toHaveText('2 messages')
  await expect(results).toHaveText([/Ada.*whose Lamp was that\?/, /Ada.*3 March.*the lamp was lit/])
  await expect(results.last().locator('mark')).toHaveText(['lamp', 'was'])
  await field.fill('“lamp was lit”')
  await expect(status).toHaveText('1 message')
  await results.click()
  await expect(panel).toHaveCount(0)
  await expect(page).toHaveURL(/\/chat\/lobby\/1$/)
  await expect(message('the lamp was lit')).toBeInViewport()
})

test('a query of more characters than the server searches for is refused, not cut', async ({
  browser,
  server,
}) => {
  server.seedMessages(['a'.repeat(300)])
  const { page, expectLive } = await visitor(browser, server)
  await expectLive()
  const { panel, field, results, button } = searchPanel(page)
  await button.click()
  await field.fill('a'.repeat(200))
  await expect(results).toHaveCount(1)
  for (const length of [201, 20_000]) {
    await field.fill('a'.repeat(length))
    await expect(panel.getByRole('alert')).toHaveText('Search for ten words and 200 characters at most.')
    await expect(results).toHaveCount(0)
  }
})

test('search finds and marks an emoji and a part of a text without spaces', async ({ browser, server }) => {
  server.seedMessages(['我好想要中文搜尋', '대한민국입니다', 'we are done 🎉', 'a family 👩‍👩‍👧 came'])
  const { page, expectLive } = await visitor(browser, server)
  await expectLive()
  const { field, results, button } = searchPanel(page)
  await button.click()
  for (const [query, marked] of [
    ['中文', '中文'],
    ['민국', '민국'],
    ['🎉', '🎉'],
    ['👧', '👩‍👩‍👧'],
  ] as const) {
    await field.fill(query)
    await expect(results.locator('mark')).toHaveText([marked])
  }
})

test('a search result scrolls to its message again although the address is already the message’s', async ({
  browser,
  server,
}) => {
  server.seedMessages(['the lamp was lit', ...lines(400)])
  const { page, message, expectLive, log } = await visitor(browser, server)
  await expectLive()
  const { field, results, button } = searchPanel(page)
  const openResult = async (words: string) => {
    await button.click()
    await field.fill(words)
    await results.first().click()
  }
  // Repeated, because the list keeps its place for a moment after it has scrolled to a message.
  const scrollAway = (text: string, by: number) =>
    expect(async () => {
      await log.evaluate((box, pixels) => (box.scrollTop += pixels), by)
      await expect(message(text)).not.toBeInViewport({ timeout: 1_000 })
    }).toPass()
  await openResult('lamp')
  await expect(message('the lamp was lit')).toBeInViewport()
  await scrollAway('the lamp was lit', 700)
  await openResult('lamp')
  await expect(message('the lamp was lit')).toBeInViewport()
  // Both results made only one step in the history.
  await page.goBack()
  await expect(page).toHaveURL(/\/chat$/)
  await page.goForward()
  await expect(message('the lamp was lit')).toBeInViewport()
  await openResult('"line 390"')
  await expect(message('line 390.')).toBeInViewport()
  await scrollAway('line 390.', -700)
  await openResult('"line 390"')
  await expect(message('line 390.')).toBeInViewport()
})

test('“Show more” loads more search results and focuses the first new one', async ({ browser, server }) => {
  server.seedMessages(lines(45))
  const { page, expectLive } = await visitor(browser, server)
  await expectLive()
  const { panel, field, results, status, button } = searchPanel(page)
  await button.click()
  await field.fill('line')
  await expect(status).toHaveText('the 20 newest')
  const more = panel.getByRole('button', { name: 'Show more' })
  await more.click()
  await expect(results).toHaveCount(40)
  await expect(results.nth(20)).toBeFocused()
  await expect(results.nth(20)).toContainText('line 25.')
  await more.click()
  await expect(status).toHaveText('45 messages')
  await expect(more).toHaveCount(0)
})

test('a search without results shows advice, and a failed search can be tried again', async ({
  browser,
  server,
}) => {
  server.seedMessages(['the lamp was lit'])
  const { page, expectLive } = await visitor(browser, server)
  await expectLive()
  const { panel, field, results, status, button } = searchPanel(page)
  await button.click()
  await field.fill('candle')
  await expect(status).toHaveText(/^No messages found\. Try fewer words/)
  await page.route('**/api/chat/search?*', (route) => route.abort())
  await field.fill('lamp')
  await expect(panel.getByRole('alert')).toContainText("Couldn't search.")
  await page.unroute('**/api/chat/search?*')
  await page.route('**/api/chat/search?*', (route) =>
    route.fulfill({
      status: 429,
      json: { errors: [{ status: 429, code: 'RATE_LIMITED', title: 'Slower' }] },
    }),
  )
  await panel.getByRole('button', { name: 'Try again' }).click()
  await expect(panel.getByRole('alert')).toContainText('That was a little fast.')
  await page.unroute('**/api/chat/search?*')
  await panel.getByRole('button', { name: 'Try again' }).click()
  await expect(results).toHaveText(/the lamp was lit/)
  await field.fill('one two three four five six seven eight nine ten eleven')
  await expect(panel.getByRole('alert')).toHaveText('Search for ten words and 200 characters at most.')
  await expect(results).toHaveCount(0)
  await field.fill('lit lamp')
  await expect(results).toHaveText(/the lamp was lit/)
})

test('a running search is cancelled when the next one starts', async ({ browser, server }) => {
  server.seedMessages(['the lamp was lit', 'the door was shut'])
  const { page, expectLive } = await visitor(browser, server)
  await expectLive()
  const { field, results, button } = searchPanel(page)
  const isFirstSearch = (request: Request) => request.url().includes('search?q=lamp')
  await page.route('**/api/chat/search?q=lamp*', () => {})
  await button.click()
  const requested = page.waitForRequest(isFirstSearch)
  await field.fill('lamp')
  await requested
  const cancelled = page.waitForEvent('requestfailed', isFirstSearch)
  await field.fill('door')
  await cancelled
  await expect(results).toHaveText(/the door was shut/)
})

test('the search works with the keyboard alone and returns the focus', async ({ browser, server }) => {
  server.seedMessages(['the lamp was lit', ...lines(30)])
  const { page, chooseNick, field: composer, message } = await visitor(browser, server)
  await chooseNick('Bo')
  const { panel, field, status, button } = searchPanel(page)
  await expect(button).toBeVisible()
  await composer.focus()
  await page.keyboard.press('Control+k')
  await expect(field).toBeFocused()
  await page.keyboard.type('lamp')
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  await expect(composer).toBeFocused()
  await page.keyboard.press('Control+k')
  await expect(field).toBeFocused()
  await page.keyboard.type('lamp')
  await expect(status).toHaveText('1 message')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(message('the lamp was lit')).toBeInViewport()
  await expect(message('the lamp was lit')).toBeFocused()
})

test('the search covers only the current room', async ({ browser, server }) => {
  await (await createOwnerApi(server)).createRoom('den', 'The den')
  server.seedMessages(['the lamp was lit'])
  const { page, expectLive } = await visitor(browser, server)
  await expectLive()
  await page.goto('/chat/den')
  const { panel, field, status, button } = searchPanel(page)
  await button.click()
  await expect(panel).toHaveAccessibleName('Search in The den')
  await field.fill('lamp')
  await expect(status).toHaveText(/^No message/)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the search panel passes axe, ${colorScheme}`, async ({ browser, server }) => {
    server.seedMessages(lines(25))
    const { page, expectLive } = await visitor(browser, server, {
      colorScheme,
      viewport: { width: 390, height: 844 },
    })
    await expectLive()
    const { panel, field, results, status, button } = searchPanel(page)
    await button.click()
    await expect(field).toBeFocused()
    await expectAccessible(page)
    await field.fill('line')
    await expect(results).toHaveCount(20)
    await expectAccessible(page)
    await field.fill('candle')
    await expect(status).toHaveText(/^No message/)
    await server.kill()
    await field.fill('candles')
    await expect(panel.getByRole('alert')).toBeVisible()
    await expectAccessible(page)
  })

test('deleted and edited messages leave the open search panel, and edited ones come back with their new words', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaAndBo(browser, server)
  for (const words of ['lamp one', 'lamp two', 'lamp three']) await bo.send(words)
  await expect(ada.message('lamp three')).toBeVisible()
  const { field, results, button, status } = searchPanel(ada.page)
  await button.click()
  await field.fill('lamp')
  await expect(results).toHaveText([/lamp three/, /lamp two/, /lamp one/])
  await bo.pressAction('lamp two', 'Edit')
  await bo.send('lamp two is out')
  await expect(results).toHaveText([/lamp three/, /lamp two is out/, /lamp one/])
  await bo.pressAction('lamp one', 'Edit')
  await bo.send('a candle')
  await expect(results).toHaveText([/lamp three/, /lamp two is out/])
  await bo.pressAction('lamp three', 'Delete')
  await expect(results).toHaveText([/lamp two is out/], { timeout: 15_000 })
  await expect(status).toHaveText('1 message')
})
