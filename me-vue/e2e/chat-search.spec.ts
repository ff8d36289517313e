import { AxeBuilder } from '@axe-core/playwright'
import type { Page, Request } from '@playwright/test'
import { expect, test, visitor } from './support/chat.ts'
import { ownersHand } from './support/rooms.ts'

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}.`)

/** The panel and what is in it. */
function searching(page: Page) {
  const panel = page.getByRole('dialog')
  return {
    panel,
    field: panel.getByRole('searchbox'),
    found: panel.getByRole('link'),
    says: panel.getByRole('status'),
    button: page.getByRole('button', { name: 'Search' }),
    faults: async () => (await new AxeBuilder({ page }).include('dialog').analyze()).violations,
  }
}

test('search finds parts of words while they are typed, marks them, lists the newest first, and opens an old message', async ({
  browser,
  house,
}) => {
  house.remember(['the lamp was lit', ...lines(400), 'whose Lamp was that?'])
  const { page, message, live } = await visitor(browser, house)
  await live()
  const { panel, field, found, says, button } = searching(page)
  await button.click()
  await expect(field).toBeFocused()
  await expect(panel).toContainText('Finds messages with all the words')
  await field.pressSequentially('was lam')
  await expect(says).toHaveText('2 messages')
  await expect(found).toHaveText([/Ada.*whose Lamp was that\?/, /Ada.*3 March.*the lamp was lit/])
  await expect(found.last().locator('mark')).toHaveText(['lamp', 'was'])
  await field.fill('“lamp was lit”')
  await expect(says).toHaveText('1 message')
  await found.click()
  await expect(panel).toHaveCount(0)
  await expect(page).toHaveURL(/\/chat\/lobby\/1$/)
  await expect(message('the lamp was lit')).toBeInViewport()
})

test('a search result scrolls to its message again although the address is already the message’s', async ({
  browser,
  house,
}) => {
  house.remember(['the lamp was lit', ...lines(400)])
  const { page, message, live, log } = await visitor(browser, house)
  await live()
  const { field, found, button } = searching(page)
  const follow = async (words: string) => {
    await button.click()
    await field.fill(words)
    await found.first().click()
  }
  // Again where the list has only just brought one there, and holds it.
  const leave = (text: string, by: number) =>
    expect(async () => {
      await log.evaluate((box, pixels) => (box.scrollTop += pixels), by)
      await expect(message(text)).not.toBeInViewport({ timeout: 1_000 })
    }).toPass()
  await follow('lamp')
  await expect(message('the lamp was lit')).toBeInViewport()
  await leave('the lamp was lit', 700)
  await follow('lamp')
  await expect(message('the lamp was lit')).toBeInViewport()
  // One step back for both.
  await page.goBack()
  await expect(page).toHaveURL(/\/chat$/)
  await page.goForward()
  await expect(message('the lamp was lit')).toBeInViewport()
  await follow('"line 390"')
  await expect(message('line 390.')).toBeInViewport()
  await leave('line 390.', -700)
  await follow('"line 390"')
  await expect(message('line 390.')).toBeInViewport()
})

test('“Show more” loads more search results and focuses the first new one', async ({ browser, house }) => {
  house.remember(lines(45))
  const { page, live } = await visitor(browser, house)
  await live()
  const { panel, field, found, says, button } = searching(page)
  await button.click()
  await field.fill('line')
  await expect(says).toHaveText('the 20 newest')
  const more = panel.getByRole('button', { name: 'Show more' })
  await more.click()
  await expect(found).toHaveCount(40)
  await expect(found.nth(20)).toBeFocused()
  await expect(found.nth(20)).toContainText('line 25.')
  await more.click()
  await expect(says).toHaveText('45 messages')
  await expect(more).toHaveCount(0)
})

test('a search without results shows advice, and a failed search can be tried again', async ({
  browser,
  house,
}) => {
  house.remember(['the lamp was lit'])
  const { page, live } = await visitor(browser, house)
  await live()
  const { panel, field, found, says, button } = searching(page)
  await button.click()
  await field.fill('candle')
  await expect(says).toHaveText(/^No messages found\. Try fewer words/)
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
  await expect(found).toHaveText(/the lamp was lit/)
  await field.fill('one two three four five six seven eight nine ten eleven')
  await expect(panel.getByRole('alert')).toHaveText('Search for ten words at most.')
  await expect(found).toHaveCount(0)
  await field.fill('lit lamp')
  await expect(found).toHaveText(/the lamp was lit/)
})

test('a running search is cancelled when the next one starts', async ({ browser, house }) => {
  house.remember(['the lamp was lit', 'the door was shut'])
  const { page, live } = await visitor(browser, house)
  await live()
  const { field, found, button } = searching(page)
  const isOlder = (request: Request) => request.url().includes('search?q=lamp')
  await page.route('**/api/chat/search?q=lamp*', () => {})
  await button.click()
  const asked = page.waitForRequest(isOlder)
  await field.fill('lamp')
  await asked
  const givenUp = page.waitForEvent('requestfailed', isOlder)
  await field.fill('door')
  await givenUp
  await expect(found).toHaveText(/the door was shut/)
})

test('the search works with the keyboard alone and returns the focus', async ({ browser, house }) => {
  house.remember(['the lamp was lit', ...lines(30)])
  const { page, comeIn, field: composer, message } = await visitor(browser, house)
  await comeIn('Bo')
  const { panel, field, says, button } = searching(page)
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
  await expect(says).toHaveText('1 message')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(message('the lamp was lit')).toBeInViewport()
  await expect(message('the lamp was lit')).toBeFocused()
})

test('the search covers only the current room', async ({ browser, house }) => {
  await (await ownersHand(house)).make('den', 'The den')
  house.remember(['the lamp was lit'])
  const { page, live } = await visitor(browser, house)
  await live()
  await page.goto('/chat/den')
  const { panel, field, says, button } = searching(page)
  await button.click()
  await expect(panel).toHaveAccessibleName('Search in The den')
  await field.fill('lamp')
  await expect(says).toHaveText(/^No message/)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the search panel passes axe, ${colorScheme}`, async ({ browser, house }) => {
    house.remember(lines(25))
    const { page, live } = await visitor(browser, house, {
      colorScheme,
      viewport: { width: 390, height: 844 },
    })
    await live()
    const { panel, field, found, says, button, faults } = searching(page)
    await button.click()
    await expect(field).toBeFocused()
    expect(await faults()).toEqual([])
    await field.fill('line')
    await expect(found).toHaveCount(20)
    expect(await faults()).toEqual([])
    await field.fill('candle')
    await expect(says).toHaveText(/^No message/)
    await house.kill()
    await field.fill('candles')
    await expect(panel.getByRole('alert')).toBeVisible()
    expect(await faults()).toEqual([])
  })
