import { adaAndBo, blockChat, expect, openTab, test, visitor, type Visitor } from './support/chat.ts'
import { signIn } from './support/test.ts'

const expectNothingWaiting = ({ page }: Visitor) =>
  expect(page.getByText('waiting to be sent')).toHaveCount(0)

/** Expects each text once and in this order, whatever notes follow it. */
const expectMessages = (person: Visitor, texts: string[]) =>
  expect(person.messages.locator('.text')).toHaveText(texts.map((text) => new RegExp(`^${text}( ?·|$)`)))

test('messages written offline survive a reload, a crash and a closed tab, and are sent once and in order', async ({
  browser,
  server,
}) => {
  test.slow()
  const { ada, bo } = await adaAndBo(browser, server)
  const network = ada.page.context()
  await network.setOffline(true)
  await expect(ada.connection).toHaveText('Offline')
  for (const text of ['one', 'two', 'three']) await ada.send(text)
  await expect(ada.page.getByText('3 waiting to be sent')).toBeVisible()
  // A page cannot be reloaded offline, so the network returns here without the chat.
  const unblock = await blockChat(network)
  await network.setOffline(false)
  await ada.page.reload()
  await expectMessages(ada, ['one', 'two', 'three'])
  const crashed = ada.page.waitForEvent('crash')
  const session = await network.newCDPSession(ada.page)
  void session.send('Page.crash').catch(() => undefined)
  await crashed
  const next = await openTab(network)
  await expectMessages(next, ['one', 'two', 'three'])
  await next.page.close()
  const last = await openTab(network)
  await expect(last.page.getByText('3 waiting to be sent')).toBeVisible()
  unblock()
  await expectNothingWaiting(last)
  await expectMessages(bo, ['one', 'two', 'three'])
  await expectMessages(last, ['one', 'two', 'three'])
})

test('two tabs show the same unsent messages, and only one of them sends each', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaAndBo(browser, server)
  const other = await openTab(ada.page.context())
  await other.expectLive()
  await server.kill()
  await expect(ada.connection).not.toHaveText('Live')
  await expect(other.connection).not.toHaveText('Live')
  await ada.send('from one tab')
  await expect(other.message('from one tab')).toContainText('waiting to be sent')
  await other.send('from the other')
  await expect(ada.message('from the other')).toContainText('waiting to be sent')
  await ada.send('from the one again')
  const all = ['from one tab', 'from the other', 'from the one again']
  await expect(other.page.getByText('3 waiting to be sent')).toBeVisible()
  await expect(ada.page.getByText('3 waiting to be sent')).toBeVisible()
  await server.start()
  for (const tab of [ada, other]) await expectNothingWaiting(tab)
  for (const tab of [ada, other, bo]) await expectMessages(tab, all)
})

test('a message that a closed tab was sending is sent once by another tab', async ({ browser, server }) => {
  const { ada, bo } = await adaAndBo(browser, server)
  const other = await openTab(ada.page.context())
  await other.expectLive()
  await ada.send('by one tab')
  await other.send('by the other')
  await expectMessages(bo, ['by one tab', 'by the other'])
  server.suspend()
  await other.send('and gone')
  await expect(ada.message('and gone')).toContainText(/sending|waiting/)
  await other.page.close()
  server.resume()
  await expectMessages(bo, ['by one tab', 'by the other', 'and gone'])
  await expectNothingWaiting(ada)
  await expectMessages(ada, ['by one tab', 'by the other', 'and gone'])
})

test('messages that were being sent when the server was killed are sent once after its restart', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaAndBo(browser, server)
  await ada.send('before')
  await expect(bo.message('before')).toBeVisible()
  server.suspend()
  for (const text of ['first', 'second']) await ada.send(text)
  await expect(ada.message('second')).toContainText('sending')
  await server.kill()
  await expect(ada.message('second')).toContainText('waiting to be sent')
  await server.start()
  await expectMessages(bo, ['before', 'first', 'second'])
  await expectNothingWaiting(ada)
  await expectMessages(ada, ['before', 'first', 'second'])
})

test('an edit and a deletion made offline survive a closed tab', async ({ browser, server }) => {
  test.slow()
  const { ada, bo } = await adaAndBo(browser, server)
  for (const text of ['not for keeps', 'teh tunnel']) await ada.send(text)
  await expectMessages(bo, ['not for keeps', 'teh tunnel'])
  await expect(ada.page.getByText('sending…')).toHaveCount(0)
  const network = ada.page.context()
  await network.setOffline(true)
  await expect(ada.connection).toHaveText('Offline')
  await ada.message('not for keeps').hover()
  await ada.message('not for keeps').getByRole('button', { name: 'Delete' }).click()
  await expect(ada.message('not for keeps')).toHaveCount(0)
  await ada.field.press('ArrowUp')
  await expect(ada.field).toHaveValue('teh tunnel')
  await ada.send('the tunnel')
  await expect(ada.message('the tunnel')).toContainText('waiting to be sent')
  const unblock = await blockChat(network)
  await network.setOffline(false)
  await ada.page.close()
  const next = await openTab(network)
  unblock()
  await next.expectLive()
  await expect(bo.message('the tunnel')).toBeVisible()
  await expect(bo.message('not for keeps')).toHaveCount(0)
  await expect(next.message('the tunnel')).toBeVisible()
  await expect(next.message('not for keeps')).toHaveCount(0)
})

test('a message written under another nick is not sent as the signed-in user unless they choose to', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaAndBo(browser, server)
  const network = ada.page.context()
  await network.setOffline(true)
  await expect(ada.connection).toHaveText('Offline')
  await ada.send('by Ada')
  await expect(ada.message('by Ada')).toContainText('waiting to be sent')
  await ada.page.close()
  await network.setOffline(false)
  await signIn(await network.newPage())
  const next = await openTab(network)
  await next.expectLive()
  await expect(next.message('by Ada')).toContainText('Ada')
  await expect(next.message('by Ada')).toContainText('Written under another nick or account.')
  await next.send('by the owner')
  await expectMessages(bo, ['by the owner'])
  await next.message('by Ada').getByRole('button', { name: 'Try again' }).click()
  await expectMessages(bo, ['by the owner', 'by Ada'])
})

/** Makes the browser's storage fail: forbidden, or full. */
const storageFailures = {
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
    IDBObjectStore.prototype.put = function (...values) {
      queueMicrotask(() => this.transaction.abort())
      return put.apply(this, values)
    }
  },
}

for (const [state, breakStorage] of Object.entries(storageFailures))
  test(`messages are sent although the browser’s storage is ${state}, and a notice says to keep the tab open`, async ({
    browser,
    server,
  }) => {
    const bo = await visitor(browser, server)
    const ada = await visitor(browser, server)
    await ada.page.addInitScript(breakStorage)
    await ada.page.reload()
    await ada.chooseNick('Ada')
    await ada.send('while it is up')
    await expect(bo.message('while it is up')).toBeVisible()
    await server.kill()
    await expect(ada.connection).not.toHaveText('Live')
    await ada.send('while it is down')
    await expect(ada.page.getByText('1 waiting to be sent · keep this tab open until then')).toBeVisible()
    await server.start()
    await expectMessages(bo, ['while it is up', 'while it is down'])
    await expectNothingWaiting(ada)
    await expectMessages(ada, ['while it is up', 'while it is down'])
  })

test('a pasted text of megabytes is cut and counted, and the tab keeps working', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server)
  const paste = () =>
    ada.page.evaluate(() => document.execCommand('insertText', false, 'word '.repeat(1_000_000)))
  await ada.field.focus()
  await paste()
  await ada.field.press('Enter')
  await expect(ada.page.getByText(/^Up to 24 letters/)).toBeVisible()
  await ada.chooseNick('Ada')
  await ada.field.focus()
  await paste()
  await expect(ada.page.getByText(/^at least 195,?999 too many$/)).toBeVisible()
  await ada.field.press('Enter')
  await expect(ada.messages).toHaveCount(0)
  await ada.send('alive')
  await expect(ada.message('alive')).toBeVisible()
})
