import { type BrowserContextOptions, devices } from '@playwright/test'
import { type Visitor, type VisitorOptions, expect, test, visitor } from './support/chat.ts'
import { mixedMessages } from './support/mixed-messages.ts'

/*
 * The message list has separate code for iOS, where a page must not scroll during a touch scroll. It recognises iOS by
 * the user agent, and an iPad, which reports itself as a Mac, by its touch screen.
 */

/** The options for a browser context that imitates a device. */
function contextOf(name: string): BrowserContextOptions {
  const { defaultBrowserType: _, ...options } = devices[name]!
  return options
}

const touchMac = {
  ...contextOf('iPad Pro 11'),
  platform: 'MacIntel',
  userAgent:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
}

const phones: [name: string, options: VisitorOptions][] = [
  ['an iPhone', contextOf('iPhone 15')],
  ['an iPad', contextOf('iPad Pro 11')],
  ['an iPad that calls itself a Mac', touchMac],
  ['a Pixel', contextOf('Pixel 7')],
]

/** Expects the messages to fill the list from top to bottom without a gap. */
const expectFilled = ({ log }: Visitor) =>
  expect(async () => {
    const gap = await log.evaluate((box) => {
      const { top, bottom } = box.getBoundingClientRect()
      const rows = [...box.querySelectorAll('article')]
        .map((row) => row.getBoundingClientRect())
        .filter((row) => row.bottom > top && row.top < bottom)
      const edges = [top, ...rows.map((row) => row.bottom)].slice(0, -1)
      return rows.length === 0 ? Infinity : Math.max(...rows.map((row, n) => row.top - edges[n]!))
    })
    // A date line and the space between two people's messages are shorter than that.
    expect(gap).toBeLessThan(120)
  }).toPass({ timeout: 10_000 })

for (const [name, options] of phones)
  test.describe(`the chat on ${name}`, () => {
    test('shows the latest messages each time a room is opened', async ({ browser, server }) => {
      server.importMessages(mixedMessages(130))
      const ada = await visitor(browser, server, options)
      for (let opening = 0; opening < 5; opening++) {
        await ada.expectLive()
        await expect(ada.message('the last one')).toBeInViewport()
        await expectFilled(ada)
        await ada.page.reload()
      }
    })

    test('shows new messages and the user’s own at once', async ({ browser, server }) => {
      server.importMessages(mixedMessages(130))
      const ada = await visitor(browser, server, options)
      await ada.expectLive()
      await server.postMessages('Dan', ['said by somebody else'])
      await expect(ada.message('said by somebody else')).toBeInViewport()
      await ada.chooseNick('Eve')
      await ada.field.fill('and said by me')
      await ada.page.getByRole('button', { name: 'Send', exact: true }).click()
      await expect(ada.message('and said by me')).toBeInViewport()
      await expectFilled(ada)
    })

    test('shows older messages while scrolling, and “Jump to latest” returns to the end', async ({
      browser,
      server,
    }) => {
      server.importMessages(mixedMessages(300))
      const ada = await visitor(browser, server, options)
      await expect(ada.message('the last one')).toBeInViewport()
      for (let page = 0; page < 12; page++) {
        await ada.log.evaluate((box) => box.scrollBy(0, -box.clientHeight))
        await expectFilled(ada)
      }
      await expect(ada.message('the last one')).toHaveCount(0)
      await ada.page.getByRole('button', { name: /Jump to latest/ }).click()
      await expect(ada.message('the last one')).toBeInViewport()
      await expectFilled(ada)
    })

    test('opens the history around a linked message', async ({ browser, server }) => {
      server.importMessages(mixedMessages(300))
      const ada = await visitor(browser, server, options)
      for (const seq of [81, 206]) {
        await ada.page.goto(`/chat/lobby/${seq}`)
        await expect(ada.message(`line ${seq}.`)).toBeInViewport()
        await expectFilled(ada)
      }
    })

    test('keeps the last message in view when the screen is rotated', async ({ browser, server }) => {
      server.importMessages(mixedMessages(130))
      const ada = await visitor(browser, server, options)
      await expect(ada.message('the last one')).toBeInViewport()
      const { width, height } = ada.page.viewportSize()!
      await ada.page.setViewportSize({ width: height, height: width })
      await expect(ada.message('the last one')).toBeInViewport()
      await expectFilled(ada)
    })
  })
