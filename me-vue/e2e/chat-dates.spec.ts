import type { Page } from '@playwright/test'
import { expectAccessible } from './support/axe.ts'
import { expect, lines, test, visitor } from './support/chat.ts'
import type { SeedMessage } from './support/test-server.ts'

const DAY = 86_400_000
const daysAgo = (count: number): string => new Date(Date.now() - count * DAY).toISOString().slice(0, 10)

/** 20 messages a second apart, from midnight on. */
const on = (name: string, day: string): SeedMessage[] =>
  lines(20).map((text, index) => ({
    nick: 'Ada',
    text: `${name} ${text}`,
    sentAt: new Date(Date.parse(`${day}T00:00:00Z`) + index * 1_000).toISOString(),
  }))

/** Days that are never in doubt: a month has 28 days at least, and 31 at most. */
const upToYesterday = (): SeedMessage[] => [
  ...on('christmas', '2004-12-25'),
  ...on('march', '2025-03-03'),
  ...on('40 days ago', daysAgo(40)),
  ...on('27 days ago', daysAgo(27)),
  ...on('8 days ago', daysAgo(8)),
  ...on('7 days ago', daysAgo(7)),
  ...on('yesterday', daysAgo(1)),
]
const everyDay = (): SeedMessage[] => [...upToYesterday(), ...on('today', daysAgo(0))]
const options = { timezoneId: 'UTC' }

const dateButton = (page: Page) => page.getByRole('button', { name: /Jump to a date/ })
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Jump to a date' })

async function scrollUp(page: Page): Promise<void> {
  await page.getByRole('log').hover()
  await page.mouse.wheel(0, -200)
}

test('a date floats over the history that is scrolled through, and the log keeps its place', async ({
  browser,
  server,
}) => {
  server.importMessages(everyDay())
  const { page, log, message } = await visitor(browser, server, options)
  await expect(message('today line 20.')).toBeInViewport()
  await expect(dateButton(page)).toHaveCount(0)
  const before = await log.evaluate((box) => box.getBoundingClientRect().toJSON())
  await scrollUp(page)
  await expect(dateButton(page)).toHaveText(/^Yesterday, Jump to a date/)
  expect(await log.evaluate((box) => box.getBoundingClientRect().top)).toBe(before.top)
  await log.evaluate((box) => (box.scrollTop -= 700))
  await expect(dateButton(page)).toHaveText(/^\w+ \d+ \w+, Jump to a date/)
})

test.describe('the menu of the date leads to', () => {
  for (const [choice, first] of [
    ['Today', 'today line 1.'],
    ['Last week', '7 days ago line 1.'],
    ['Last month', '27 days ago line 1.'],
    ['The beginning', 'christmas line 1.'],
  ] as const)
    test(choice, async ({ browser, server }) => {
      server.importMessages(everyDay())
      const { page, message } = await visitor(browser, server, options)
      await expect(message('today line 20.')).toBeInViewport()
      await scrollUp(page)
      await dateButton(page).click()
      await dialog(page).getByRole('button', { name: choice, exact: true }).click()
      await expect(dialog(page)).toHaveCount(0)
      await expect(message(first)).toBeInViewport()
      await expect(message(first)).toBeFocused()
    })

  test('a date, with the keyboard alone', async ({ browser, server }) => {
    server.importMessages(everyDay())
    const { page, log, message } = await visitor(browser, server, options)
    await expect(message('today line 20.')).toBeInViewport()
    await log.focus()
    await page.keyboard.press('Home')
    await expect(dateButton(page)).toBeVisible()
    await page.keyboard.press('Tab')
    await expect(dateButton(page)).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(dialog(page)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(dateButton(page)).toBeFocused()
    await page.keyboard.press('Enter')
    const date = dialog(page).getByLabel('Another date')
    await date.fill('2025-03-03')
    await date.press('Enter')
    await expect(message('march line 1.')).toBeFocused()
    await expect(message('march line 1.').getByRole('time')).toHaveText(/^3 Mar 2025, \d\d:\d\d$/)
    await expect(dateButton(page)).toHaveText(/2025|2004/)
  })

  test('the next message after a date without any, and the newest after the last', async ({
    browser,
    server,
  }) => {
    server.importMessages(upToYesterday())
    const { page, message } = await visitor(browser, server, options)
    await expect(message('yesterday line 20.')).toBeInViewport()
    await scrollUp(page)
    await dateButton(page).click()
    await dialog(page).getByLabel('Another date').fill(daysAgo(20))
    await dialog(page).getByRole('button', { name: 'Go', exact: true }).click()
    await expect(message('8 days ago line 1.')).toBeFocused()
    await dateButton(page).click()
    await dialog(page).getByRole('button', { name: 'Today', exact: true }).click()
    await expect(message('yesterday line 20.')).toBeFocused()
  })
})

test('a date that cannot be fetched is said in the menu, and can be tried again', async ({
  browser,
  server,
}) => {
  server.importMessages(everyDay())
  const { page, message } = await visitor(browser, server, options)
  await expect(message('today line 20.')).toBeInViewport()
  await scrollUp(page)
  await dateButton(page).click()
  await page.route('**/messages?at=*', (route) => route.abort())
  await dialog(page).getByRole('button', { name: 'The beginning' }).click()
  await expect(dialog(page).getByRole('alert')).toHaveText("Couldn't load earlier messages.")
  await page.unrouteAll()
  await dialog(page).getByRole('button', { name: 'The beginning' }).click()
  await expect(message('christmas line 1.')).toBeFocused()
})

test('a message that is not of today shows its date, also in the middle of a group that a link opens', async ({
  browser,
  server,
}) => {
  server.importMessages(everyDay())
  const { page, message } = await visitor(browser, server, options)
  await expect(message('today line 1.').getByRole('time')).toHaveText(/^\d\d:\d\d$/)
  await page.goto('/chat/lobby/30')
  await expect(message('march line 10.').getByRole('time')).toHaveText(/^3 Mar 2025, \d\d:\d\d$/)
  await page.goto('/chat/lobby/150')
  await expect(message('today line 10.').getByRole('time')).toHaveText(/^\d\d:\d\d$/)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the date and its menu pass axe, ${colorScheme}`, async ({ browser, server }) => {
    test.slow() // axe takes seconds for each state
    server.importMessages(everyDay())
    const { page, message } = await visitor(browser, server, {
      ...options,
      colorScheme,
      reducedMotion: 'reduce',
    })
    await expect(message('today line 20.')).toBeInViewport()
    await scrollUp(page)
    await expect(dateButton(page)).toBeVisible()
    await expectAccessible(page)
    await dateButton(page).click()
    await expect(dialog(page)).toBeVisible()
    await expectAccessible(page)
  })

test('on a narrow screen the date and its menu fit', async ({ browser, server }) => {
  server.importMessages(everyDay())
  const { page, message } = await visitor(browser, server, {
    ...options,
    viewport: { width: 320, height: 600 },
  })
  await page.goto('/chat/lobby/30')
  await expect(message('march line 10.')).toBeFocused()
  await dateButton(page).click()
  await expect(dialog(page).getByLabel('Another date')).toBeInViewport({ ratio: 1 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
})
