import type { BrowserContext, Page } from '@playwright/test'
import { blockChat, expect, chatOn, openTab, test, visitor, type Visitor } from './support/chat.ts'
import type { TestServer } from './support/test-server.ts'
import { webSocketProxy, type Treatment } from './support/websocket-proxy.ts'

/** Milliseconds within which a chat that WebSocket does not carry is live over polling. */
const FALLBACK = 10_000

async function overPolling({ page }: Visitor): Promise<void> {
  await page.locator('header').getByRole('button', { name: 'Live' }).click()
  await expect(page.getByRole('dialog')).toContainText('HTTP polling')
  await page.keyboard.press('Escape')
}

const treatments: [string, Treatment][] = [
  ['hangs', 'hang'],
  ['is refused', 'refuse'],
  ['opens and is closed', 'close'],
  ['opens and carries nothing', 'swallow'],
  ['carries only what the server says', 'deaf'],
]
for (const [how, treatment] of treatments)
  test(`where WebSocket ${how}, the chat is live over polling soon, and at once after a reload`, async ({
    browser,
    server,
  }) => {
    server.seedMessages(['said before'])
    const proxy = await webSocketProxy(server, treatment)
    const ada = await visitor(browser, through(server, proxy.url))
    await expect(ada.connection).toHaveText('Live', { timeout: FALLBACK })
    await overPolling(ada)
    await ada.chooseNick('Ada')
    await ada.send('over polling')
    const bo = await visitor(browser, server)
    await expect(bo.messages).toContainText(['said before', 'over polling'])

    let asked = 0
    ada.page.on('websocket', () => asked++)
    await ada.page.reload()
    await ada.expectLive()
    expect(asked).toBe(0)
    proxy.close()
  })

test('the chat returns to WebSocket by itself once that works', async ({ browser, server }) => {
  const proxy = await webSocketProxy(server, 'hang')
  const ada = await visitor(browser, through(server, proxy.url))
  await ada.expectLive()
  await overPolling(ada)
  proxy.treat('pass')
  await expect.poll(proxy.webSockets, { timeout: 30_000 }).toBe(1)
  await expect(ada.page.getByText('HTTP polling')).toHaveCount(0)
  await ada.chooseNick('Ada')
  await ada.page.locator('header').getByRole('button', { name: 'Live' }).click()
  await expect(ada.page.getByRole('dialog')).toContainText('WebSocket')
  proxy.close()
})

test('the room’s last messages are shown while no connection comes about, and new ones too', async ({
  browser,
  server,
}) => {
  server.seedMessages(['said before'])
  const ada = await visitor(browser, server)
  await ada.expectLive()
  const open = await blockChat(ada.page.context())
  await ada.page.evaluate(() => localStorage.clear())
  await ada.page.reload()
  await expect(ada.message('said before')).toBeVisible()
  await server.postMessages('Bo', ['said meanwhile'])
  await expect(ada.message('said meanwhile')).toBeVisible()
  await expect(ada.connection).not.toHaveText('Live')
  open()
  await ada.expectLive()
  await expect(ada.messages).toHaveCount(2)
})

test('eight tabs that poll hold at most two connections, and a hidden one catches up when it is shown', async ({
  browser,
  server,
}) => {
  test.slow()
  const proxy = await webSocketProxy(server, 'refuse')
  const first = await visitor(browser, through(server, proxy.url))
  await first.expectLive()
  await first.chooseNick('Ada')
  const tabs = [first]
  while (tabs.length < 8) {
    await show(tabs.at(-1)!.page, false)
    tabs.push(await openAnother(first.page.context()))
  }
  await expect.poll(proxy.held).toBeLessThanOrEqual(2)
  const hidden = tabs[3]!
  await hidden.connection.getByText('Paused').waitFor()
  await server.postMessages('Bo', ['while it was hidden'])
  await expect(tabs.at(-1)!.message('while it was hidden')).toBeVisible()
  // The tab that notifies hears of it although it is hidden.
  await expect(first.message('while it was hidden')).toBeVisible()
  await expect(hidden.message('while it was hidden')).toHaveCount(0)
  await show(hidden.page, true)
  await hidden.expectLive()
  await expect(hidden.message('while it was hidden')).toBeVisible()
  await show(hidden.page, false)

  // Another one takes over the notifying, and is connected for it.
  await first.page.close()
  await expect
    .poll(async () =>
      (await Promise.all(tabs.slice(1, -1).map(({ connection }) => connection.textContent()))).filter(
        (word) => word === 'Live',
      ),
    )
    .toHaveLength(1)
  await expect.poll(proxy.held).toBeLessThanOrEqual(2)
  proxy.close()
})

const through = (server: TestServer, url: string): TestServer => ({ ...server, url })

async function openAnother(context: BrowserContext): Promise<Visitor> {
  const tab = await openTab(context)
  await tab.expectLive()
  return chatOn(tab.page)
}

/** Playwright's pages are all in sight; a browser tells a hidden one in these two ways. */
const show = (page: Page, visible: boolean) =>
  page.evaluate((visible) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => !visible })
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      get: () => (visible ? 'visible' : 'hidden'),
    })
    document.dispatchEvent(new Event('visibilitychange'))
  }, visible)
