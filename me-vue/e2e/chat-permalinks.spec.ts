import type { Locator } from '@playwright/test'
import { expect, lines, test, visitor } from './support/chat.ts'

/** Scrolls less than a screen at a time until a line is in view, and back if it went too far. */
const scrollToLine = (log: Locator, wanted: number) =>
  expect
    .poll(
      () =>
        log.evaluate((box, wanted) => {
          const { top, bottom } = box.getBoundingClientRect()
          const inSight = [...box.querySelectorAll('article')]
            .filter(
              (row) => row.getBoundingClientRect().bottom > top && row.getBoundingClientRect().top < bottom,
            )
            .map((row) => Number(/line (\d+)/.exec(row.textContent)?.[1]))
          if (!inSight.includes(wanted)) box.scrollBy(0, (inSight[0] ?? 0) > wanted ? -400 : 400)
          return inSight
        }, wanted),
      { intervals: [50], timeout: 45_000 },
    )
    .toContain(wanted)

test('a permalink opens at its message, and history loads in both directions from there', async ({
  browser,
  server,
}) => {
  test.slow()
  server.seedMessages(lines(900))
  const { page, log, message } = await visitor(browser, server)
  // Leave the chat first, so that only the permalink's requests are counted.
  await page.goto('about:blank')
  const requests: string[] = []
  page.on('request', (request) => request.url().includes('/messages?') && requests.push(request.url()))
  await page.goto('/chat/lobby/300')
  await expect(message('line 300.')).toBeInViewport()
  await expect(message('line 300.')).toBeFocused()
  expect(requests.length).toBeLessThan(4)
  await scrollToLine(log, 150)
  await scrollToLine(log, 450)
  await page.getByRole('button', { name: /Jump to latest/ }).click()
  await expect(message('line 900.')).toBeInViewport()
  await expect(page).toHaveURL(/\/chat\/lobby$/)
  await page.goBack()
  await expect(message('line 300.')).toBeInViewport()
})

test('sending a message from a permalink leads to the end of the room', async ({ browser, server }) => {
  server.seedMessages(lines(400))
  const { page, message, chooseNick, send } = await visitor(browser, server)
  await chooseNick('Ada')
  await page.goto('/chat/lobby/100')
  await expect(message('line 100.')).toBeInViewport()
  await send('here I am')
  await expect(message('here I am')).toBeInViewport()
  await expect(page).toHaveURL(/\/chat\/lobby$/)
})

test('a deletion appears in old history that is being read', async ({ browser, server }) => {
  server.seedMessages(lines(60))
  const ada = await visitor(browser, server, { nick: 'Ada' })
  await ada.send('about to go')
  await expect(ada.message('about to go')).toBeVisible()
  await server.postMessages('Bo', lines(150))
  const bo = await visitor(browser, server)
  await bo.page.goto('/chat/lobby/61')
  await expect(bo.message('about to go')).toBeInViewport()
  await ada.page.goto('/chat/lobby/61')
  await ada.message('about to go').hover()
  await ada.page.getByRole('button', { name: 'Delete' }).click()
  await expect(bo.page.getByText('This message was deleted.')).toBeVisible({ timeout: 20_000 })
})

test('a permalink to a missing message says so and links to the latest message', async ({
  browser,
  server,
}) => {
  server.seedMessages(lines(10))
  const { page, message } = await visitor(browser, server)
  await page.goto('/chat/lobby/4711')
  await expect(page.getByText('That message no longer exists.')).toBeVisible()
  await page.getByRole('button', { name: 'Jump to latest' }).click()
  await expect(message('line 10.')).toBeInViewport()
  await page.goto('/chat/lobby/seven')
  await expect(page.getByRole('heading', { name: 'Nobody lives at this address.' })).toBeVisible()
})

test('a message’s toolbar copies its link', async ({ browser, server }) => {
  server.seedMessages(lines(3))
  const { page, message, chooseNick } = await visitor(browser, server, {
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  await chooseNick('Ada')
  await message('line 2.').hover()
  await page.getByRole('button', { name: 'Copy link' }).click()
  await expect(page.getByText('Link copied.')).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${server.url}/chat/lobby/2`)
})
