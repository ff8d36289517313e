import type { Browser, BrowserContextOptions } from '@playwright/test'
import { expect, lines, test } from './support/chat.ts'
import { createOwnerApi } from './support/owner-api.ts'
import type { TestServer } from './support/test-server.ts'

type Waiting = BrowserContextOptions & {
  /** What the document shows. */
  shown?: string
  /** Milliseconds that each script takes. */
  delay?: number
}

/** A reader's page on which no script arrives before `release` is called. */
async function waitingForScript(
  browser: Browser,
  server: TestServer,
  path: string,
  { shown = '.document article', delay = 0, ...options }: Waiting = {},
) {
  const context = await browser.newContext({ baseURL: server.url, locale: 'en-GB', ...options })
  const page = await context.newPage()
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await page.route(/\/assets\/.*\.js$/, async (route) => {
    await released
    await new Promise((resolve) => setTimeout(resolve, delay))
    await route.continue()
  })
  await page.goto(path, { waitUntil: 'commit' })
  await expect(page.locator(shown).last()).toBeVisible()
  return { page, release }
}

const hasTakenOver = 'section.chat:not(.document)'

test('a room can be read before any script, and the chat takes its place without a move', async ({
  browser,
  server,
}) => {
  server.seedMessages(lines(120))
  const { page, release } = await waitingForScript(browser, server, '/chat')
  const last = page.getByText('line 120.', { exact: true })
  await expect(last).toBeInViewport()
  const before = await last.boundingBox()
  const shifts = await page.evaluateHandle(() => {
    const seen: number[] = []
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.push((entry as unknown as { value: number }).value)
    }).observe({ type: 'layout-shift', buffered: true })
    return seen
  })
  release()
  await expect(page.locator(hasTakenOver)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Live, show connection' })).toBeVisible()
  await expect(last).toBeInViewport()
  const after = await last.boundingBox()
  expect(Math.abs(after!.y - before!.y)).toBeLessThan(8)
  expect((await shifts.jsonValue()).reduce((sum, one) => sum + one, 0)).toBeLessThan(0.005)
  await expect(page).toHaveTitle(/^Lobby/)
})

test('a message that was edited is as tall in the document as in the chat', async ({ browser, server }) => {
  server.seedMessages(lines(3))
  server.runSql("update messages set edited_at = sent_at + 60000 where text = 'line 2.'")
  const { page, release } = await waitingForScript(browser, server, '/chat')
  const heightIn = async (chat: string) =>
    (await page.locator(`${chat} article`, { hasText: '· edited' }).boundingBox())!.height
  const before = await heightIn('.document')
  release()
  expect(await heightIn(hasTakenOver)).toBe(before)
})

test('the room is entered from where the document ends: nothing is fetched twice', async ({
  browser,
  server,
}) => {
  server.seedMessages(lines(60))
  const { page, release } = await waitingForScript(browser, server, '/chat')
  const frames: string[] = []
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))))
  release()
  await expect(page.getByRole('button', { name: 'Live, show connection' })).toBeVisible()
  await expect(page.getByText('line 60.', { exact: true })).toBeInViewport()
  expect(frames.join('\n')).not.toContain('line 60.')
})

test('what was typed before the script came is in the chat’s own form, which has the focus', async ({
  browser,
  server,
}) => {
  server.seedMessages(lines(3))
  const { page, release } = await waitingForScript(browser, server, '/chat')
  // It appears where no script has come for a while.
  await page.locator('.document [name=text]').fill('written early')
  await page.locator('.document [name=nick]').fill('Ada')
  release()
  await expect(page.locator(hasTakenOver)).toBeVisible()
  const nick = page.getByLabel(/Pick a nick/)
  await expect(nick).toHaveValue('Ada')
  await expect(nick).toBeFocused()
  await nick.press('Enter')
  await expect(page.getByRole('textbox', { name: /message/i })).toHaveValue('written early')
})

test('who has scrolled up before the script came stays there, with the focus, and sees no other place', async ({
  browser,
  server,
}) => {
  server.seedMessages([...lines(90), 'see https://example.org/a', ...lines(30)])
  const { page, release } = await waitingForScript(browser, server, '/chat')
  const link = page.getByRole('link', { name: 'example.org/a' })
  await link.evaluate((element) => element.scrollIntoView({ block: 'center' }))
  const middle = page.getByText('line 90.', { exact: true })
  const before = await middle.boundingBox()
  const lastSeen = await page.evaluateHandle(() => {
    const times: number[] = []
    const last = [...document.querySelectorAll<HTMLElement>('article')].at(-1)!.dataset.id!
    const look = () => {
      const box = document.querySelector(`[data-id="${last}"]`)?.getBoundingClientRect()
      if (box && box.top < innerHeight) times.push(performance.now())
      requestAnimationFrame(look)
    }
    look()
    return times
  })
  await link.focus()
  release()
  await expect(page.getByRole('button', { name: 'Live, show connection' })).toBeVisible()
  await expect(page.locator(hasTakenOver)).toBeVisible()
  await expect(link).toBeFocused()
  const after = await middle.boundingBox()
  expect(Math.abs(after!.y - before!.y)).toBeLessThan(4)
  expect(await lastSeen.jsonValue()).toEqual([])
})

test('the focus outside of the chat’s document is left alone', async ({ browser, server }) => {
  server.seedMessages(lines(120))
  const { page, release } = await waitingForScript(browser, server, '/chat')
  await page
    .getByText('line 90.', { exact: true })
    .evaluate((element) => element.scrollIntoView({ block: 'center' }))
  const reports = page.getByRole('link', { name: 'Reports' })
  await reports.focus()
  release()
  await expect(page.getByRole('button', { name: 'Live, show connection' })).toBeVisible()
  await expect(page.getByText('line 90.', { exact: true })).toBeInViewport()
  await expect(reports).toBeFocused()
})

test('an older message is shown from its document, without a request for its history', async ({
  browser,
  server,
}) => {
  server.seedMessages(lines(300))
  const { page, release } = await waitingForScript(browser, server, '/chat/lobby/100')
  await expect(page.getByText('line 100.', { exact: true })).toBeInViewport()
  const asked: string[] = []
  page.on('request', (request) => request.url().includes('/messages?') && asked.push(request.url()))
  release()
  await expect(page.locator(hasTakenOver)).toBeVisible()
  await expect(page.getByText('line 100.', { exact: true })).toBeInViewport()
  await expect(page.locator('article:focus')).toContainText('line 100.')
  expect(asked.filter((url) => url.includes('before=151'))).toEqual([])
})

test('the address of a message that is not there says so at once, and where the chat says it', async ({
  browser,
  server,
}) => {
  server.seedMessages(lines(60))
  const { page, release } = await waitingForScript(browser, server, '/chat/lobby/900', {
    shown: '.document .log-note',
  })
  const note = page.getByText('That message no longer exists.')
  await expect(note).toBeInViewport({ ratio: 1 })
  await expect(page.getByRole('link', { name: 'Jump to latest' })).toBeInViewport({ ratio: 1 })
  const before = await note.boundingBox()
  release()
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeVisible()
  const after = await note.boundingBox()
  expect(Math.abs(after!.y - before!.y)).toBeLessThan(8)
})

for (const [size, viewport] of Object.entries({
  'a laptop': { width: 1280, height: 800 },
  'a phone': { width: 390, height: 844 },
}))
  test(`what the document shows stays in every frame on a slow network, on ${size}`, async ({
    browser,
    server,
  }) => {
    await (await createOwnerApi(server)).createRoom('den', 'The den')
    server.seedMessages([...lines(20), 'it is **bold**', 'see https://example.org/a'])
    const { page, release } = await waitingForScript(browser, server, '/chat', { viewport, delay: 100 })
    const isWide = viewport.width > 900
    const seen = await page.evaluateHandle((isWide) => {
      const frames = new Set<string>()
      function look() {
        const log = document.querySelector<HTMLElement>('.log')
        const place = (element: Element | null) => Math.round((element?.getBoundingClientRect().top ?? 0) / 4)
        // The list draws its rows between this and the frame.
        if (log?.querySelector('article'))
          frames.add(
            [
              log.querySelector('strong') ? 'bold' : 'plain',
              log.querySelector('a[href="https://example.org/a"]') ? 'link' : 'no link',
              isWide && place(document.querySelector('a[href="/chat/den"]')),
              place(document.querySelector('.bar h1')),
              place([...log.querySelectorAll('article')].at(-1)!),
            ].join(),
          )
        requestAnimationFrame(look)
      }
      look()
      return frames
    }, isWide)
    release()
    await expect(page.getByRole('button', { name: 'Live, show connection' })).toBeVisible()
    await expect(page.locator('a[href="/chat/den"]')).toHaveCount(isWide ? 1 : 0)
    expect(await seen.evaluate((frames) => [...frames])).toEqual([expect.stringMatching(/^bold,link,/)])
  })
