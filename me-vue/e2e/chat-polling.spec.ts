import { blockChat, expect, test, visitor, type Visitor } from './support/chat.ts'
import type { House } from './support/house.ts'
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
    house,
  }) => {
    house.remember(['said before'])
    const proxy = await webSocketProxy(house, treatment)
    const ada = await visitor(browser, through(house, proxy.url))
    await expect(ada.connection).toHaveText('Live', { timeout: FALLBACK })
    await overPolling(ada)
    await ada.comeIn('Ada')
    await ada.say('over polling')
    const bo = await visitor(browser, house)
    await expect(bo.messages).toContainText(['said before', 'over polling'])

    let asked = 0
    ada.page.on('websocket', () => asked++)
    await ada.page.reload()
    await ada.live()
    expect(asked).toBe(0)
    proxy.close()
  })

test('the room’s last messages are shown while no connection comes about, and new ones too', async ({
  browser,
  house,
}) => {
  house.remember(['said before'])
  const ada = await visitor(browser, house)
  await ada.live()
  const open = await blockChat(ada.page.context())
  await ada.page.evaluate(() => localStorage.clear())
  await ada.page.reload()
  await expect(ada.message('said before')).toBeVisible()
  await house.script('Bo', ['said meanwhile'])
  await expect(ada.message('said meanwhile')).toBeVisible()
  await expect(ada.connection).not.toHaveText('Live')
  open()
  await ada.live()
  await expect(ada.messages).toHaveCount(2)
})

const through = (house: House, url: string): House => ({ ...house, url })
