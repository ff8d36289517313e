import { blockChat, expect, openTab, test, visitor, type Visitor } from './support/chat.ts'
import { signIn } from './support/test.ts'

const nothingWaits = ({ page }: Visitor) => expect(page.getByText('waiting to be sent')).toHaveCount(0)

/** Each once, in this order, whatever stands behind them. */
const says = (who: Visitor, texts: string[]) =>
  expect(who.messages.locator('.text')).toHaveText(texts.map((text) => new RegExp(`^${text}( ?·|$)`)))

test('messages written offline survive a reload, a crash and a closed tab, and are sent once and in order', async ({
  browser,
  house,
}) => {
  test.slow()
  const ada = await visitor(browser, house)
  const bo = await visitor(browser, house)
  await ada.comeIn('Ada')
  const network = ada.page.context()
  await network.setOffline(true)
  await expect(ada.connection).toHaveText('Offline')
  for (const text of ['one', 'two', 'three']) await ada.say(text)
  await expect(ada.page.getByText('3 waiting to be sent')).toBeVisible()
  // A page cannot be fetched in a tunnel: at its end there is a network that does not reach the chat yet.
  const unblock = await blockChat(network)
  await network.setOffline(false)
  await ada.page.reload()
  await says(ada, ['one', 'two', 'three'])
  const crashed = ada.page.waitForEvent('crash')
  const session = await network.newCDPSession(ada.page)
  void session.send('Page.crash').catch(() => undefined)
  await crashed
  const next = await openTab(network)
  await says(next, ['one', 'two', 'three'])
  await next.page.close()
  const last = await openTab(network)
  await expect(last.page.getByText('3 waiting to be sent')).toBeVisible()
  unblock()
  await nothingWaits(last)
  await says(bo, ['one', 'two', 'three'])
  await says(last, ['one', 'two', 'three'])
})

test('two tabs show the same unsent messages, and only one of them sends each', async ({
  browser,
  house,
}) => {
  const ada = await visitor(browser, house)
  const bo = await visitor(browser, house)
  await ada.comeIn('Ada')
  const other = await openTab(ada.page.context())
  await other.live()
  await house.kill()
  await expect(ada.connection).not.toHaveText('Live')
  await expect(other.connection).not.toHaveText('Live')
  await ada.say('from one tab')
  await expect(other.message('from one tab')).toContainText('waiting to be sent')
  await other.say('from the other')
  await expect(ada.message('from the other')).toContainText('waiting to be sent')
  await ada.say('from the one again')
  const all = ['from one tab', 'from the other', 'from the one again']
  await expect(other.page.getByText('3 waiting to be sent')).toBeVisible()
  await expect(ada.page.getByText('3 waiting to be sent')).toBeVisible()
  await house.start()
  for (const tab of [ada, other]) await nothingWaits(tab)
  for (const tab of [ada, other, bo]) await says(tab, all)
})

test('a message that a closed tab was sending is sent once by another tab', async ({ browser, house }) => {
  const ada = await visitor(browser, house)
  const bo = await visitor(browser, house)
  await ada.comeIn('Ada')
  const other = await openTab(ada.page.context())
  await other.live()
  await ada.say('by one tab')
  await other.say('by the other')
  await says(bo, ['by one tab', 'by the other'])
  house.freeze()
  await other.say('and gone')
  await expect(ada.message('and gone')).toContainText(/sending|waiting/)
  await other.page.close()
  house.thaw()
  await says(bo, ['by one tab', 'by the other', 'and gone'])
  await nothingWaits(ada)
  await says(ada, ['by one tab', 'by the other', 'and gone'])
})

test('messages that were being sent when the server was killed are sent once after its restart', async ({
  browser,
  house,
}) => {
  const ada = await visitor(browser, house)
  const bo = await visitor(browser, house)
  await ada.comeIn('Ada')
  await ada.say('before')
  await expect(bo.message('before')).toBeVisible()
  house.freeze()
  for (const text of ['first', 'second']) await ada.say(text)
  await expect(ada.message('second')).toContainText('sending')
  await house.kill()
  await expect(ada.message('second')).toContainText('waiting to be sent')
  await house.start()
  await says(bo, ['before', 'first', 'second'])
  await nothingWaits(ada)
  await says(ada, ['before', 'first', 'second'])
})

test('an edit and a deletion made offline survive a closed tab', async ({ browser, house }) => {
  test.slow()
  const ada = await visitor(browser, house)
  const bo = await visitor(browser, house)
  await ada.comeIn('Ada')
  for (const text of ['not for keeps', 'teh tunnel']) await ada.say(text)
  await says(bo, ['not for keeps', 'teh tunnel'])
  await expect(ada.page.getByText('sending…')).toHaveCount(0)
  const network = ada.page.context()
  await network.setOffline(true)
  await expect(ada.connection).toHaveText('Offline')
  await ada.message('not for keeps').hover()
  await ada.message('not for keeps').getByRole('button', { name: 'Delete' }).click()
  await expect(ada.message('not for keeps')).toHaveCount(0)
  await ada.field.press('ArrowUp')
  await expect(ada.field).toHaveValue('teh tunnel')
  await ada.say('the tunnel')
  await expect(ada.message('the tunnel')).toContainText('waiting to be sent')
  const unblock = await blockChat(network)
  await network.setOffline(false)
  await ada.page.close()
  const next = await openTab(network)
  unblock()
  await next.live()
  await expect(bo.message('the tunnel')).toBeVisible()
  await expect(bo.message('not for keeps')).toHaveCount(0)
  await expect(next.message('the tunnel')).toBeVisible()
  await expect(next.message('not for keeps')).toHaveCount(0)
})

test('a message written under another nick is not sent as the signed-in user unless they choose to', async ({
  browser,
  house,
}) => {
  const ada = await visitor(browser, house)
  const bo = await visitor(browser, house)
  await ada.comeIn('Ada')
  const network = ada.page.context()
  await network.setOffline(true)
  await expect(ada.connection).toHaveText('Offline')
  await ada.say('by Ada')
  await expect(ada.message('by Ada')).toContainText('waiting to be sent')
  await ada.page.close()
  await network.setOffline(false)
  await signIn(await network.newPage())
  const next = await openTab(network)
  await next.live()
  await expect(next.message('by Ada')).toContainText('Ada')
  await expect(next.message('by Ada')).toContainText('Written under another nick or account.')
  await next.say('by the owner')
  await says(bo, ['by the owner'])
  await next.message('by Ada').getByRole('button', { name: 'Try again' }).click()
  await says(bo, ['by the owner', 'by Ada'])
})

/** What a browser does where a page may keep nothing, and where there is no more room. */
const denials = {
  denied: () => {
    const refuse = () => {
      throw new DOMException('denied', 'SecurityError')
    }
    for (const name of ['indexedDB', 'localStorage', 'sessionStorage'])
      Object.defineProperty(globalThis, name, { get: refuse })
    Object.defineProperty(navigator, 'locks', { value: undefined })
  },
  full: () => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
    const put = IDBObjectStore.prototype.put
    IDBObjectStore.prototype.put = function (...what) {
      queueMicrotask(() => this.transaction.abort())
      return put.apply(this, what)
    }
  },
}

for (const [is, deny] of Object.entries(denials))
  test(`messages are sent although the browser’s storage is ${is}, and a notice says to keep the tab open`, async ({
    browser,
    house,
  }) => {
    const bo = await visitor(browser, house)
    const ada = await visitor(browser, house)
    await ada.page.addInitScript(deny)
    await ada.page.reload()
    await ada.comeIn('Ada')
    await ada.say('while it is up')
    await expect(bo.message('while it is up')).toBeVisible()
    await house.kill()
    await expect(ada.connection).not.toHaveText('Live')
    await ada.say('while it is down')
    await expect(ada.page.getByText('1 waiting to be sent · keep this tab open until then')).toBeVisible()
    await house.start()
    await says(bo, ['while it is up', 'while it is down'])
    await nothingWaits(ada)
    await says(ada, ['while it is up', 'while it is down'])
  })

test('a pasted text of megabytes is cut and counted, and the tab keeps working', async ({
  browser,
  house,
}) => {
  const ada = await visitor(browser, house)
  const paste = () =>
    ada.page.evaluate(() => document.execCommand('insertText', false, 'word '.repeat(1_000_000)))
  await ada.field.focus()
  await paste()
  await ada.field.press('Enter')
  await expect(ada.page.getByText(/^Up to 24 letters/)).toBeVisible()
  await ada.comeIn('Ada')
  await ada.field.focus()
  await paste()
  await expect(ada.page.getByText(/^11,?999 too many$/)).toBeVisible()
  await ada.field.press('Enter')
  await expect(ada.messages).toHaveCount(0)
  await ada.say('alive')
  await expect(ada.message('alive')).toBeVisible()
})
