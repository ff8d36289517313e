import { expect, lines, openTab, test, visitor } from './support/chat.ts'
import type { TestServer } from './support/test-server.ts'
import type { Browser, Page } from '@playwright/test'

const chatLink = (page: Page) => page.getByRole('navigation').getByRole('link', { name: /^Chat/ })

/** The addresses of the API that a page reads, but for the state of the chat's own connection. */
function readBy(page: Page): string[] {
  const paths: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/api/chat/rooms')) paths.push(pathname)
  })
  return paths
}

/** A page of a browser in which the chat was never opened, though it has three messages. */
async function newBrowser(browser: Browser, server: TestServer): Promise<Page> {
  server.seedMessages(lines(3))
  return (await browser.newContext({ baseURL: server.url, locale: 'en-GB' })).newPage()
}

test('unread messages and mentions stand on every page, until they are read in any tab', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  await ada.send('hello')
  await expect(ada.message('hello').getByText('sending')).toHaveCount(0)
  await ada.page.goto('about:blank')
  await server.postMessages('Bo', ['one', 'two'])
  await ada.page.goto('/reports')
  await expect(chatLink(ada.page)).toHaveAccessibleName(/, 2 new$/)
  await server.postMessages('Cleo', ['@Ada are you there?'])
  await ada.page.goto('/')
  await expect(chatLink(ada.page)).toHaveAccessibleName(/, 3 new, you are mentioned$/)
  await expect(chatLink(ada.page)).toContainText('@3')

  const other = await openTab(ada.page.context())
  await expect(other.message('are you there?')).toBeInViewport()
  await expect(chatLink(ada.page)).not.toHaveAccessibleName(/new/)
  await ada.page.reload()
  await expect(ada.page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(chatLink(ada.page)).not.toHaveAccessibleName(/new/)
})

test('a page asks nothing about rooms where the chat was never opened, and once where it was', async ({
  browser,
  server,
}) => {
  const page = await newBrowser(browser, server)
  const paths = readBy(page)
  await page.clock.install()
  await page.goto('/reports')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.clock.runFor(20_000)
  await expect(chatLink(page)).toHaveAccessibleName(/nobody here$/)
  expect(paths).toEqual([])

  await page.evaluate(() => localStorage.setItem('me.chat.seen.lobby', '1'))
  await page.reload()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.clock.runFor(20_000)
  await expect(chatLink(page)).toHaveAccessibleName(/, 2 new$/)
  expect(paths).toEqual(['/api/chat/rooms'])
})

test('the count moves nothing in the header, and the chat takes it over when it is opened', async ({
  browser,
  server,
}) => {
  const page = await newBrowser(browser, server)
  await page.goto('/reports')
  const reports = page.getByRole('navigation').getByRole('link', { name: 'Reports' })
  await expect(chatLink(page)).toHaveAccessibleName(/nobody here$/)
  const place = await reports.boundingBox()
  await page.evaluate(() => localStorage.setItem('me.chat.seen.lobby', '1'))
  await page.reload()
  await expect(chatLink(page)).toHaveAccessibleName(/, 2 new$/)
  expect(await reports.boundingBox()).toEqual(place)
  await chatLink(page).click()
  await expect(page.getByText('line 3.')).toBeInViewport()
  await expect(chatLink(page)).not.toHaveAccessibleName(/new/)
})
