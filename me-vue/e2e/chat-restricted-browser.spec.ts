import { readFile } from 'node:fs/promises'
import { expect, test, visitor } from './support/chat.ts'

/** A browser in which all cookies and storage are blocked. */
const blockStorage = () => {
  const refuse = () => {
    throw new DOMException('Access is denied for this document.', 'SecurityError')
  }
  for (const name of ['indexedDB', 'localStorage', 'sessionStorage', 'caches'])
    Object.defineProperty(globalThis, name, { get: refuse })
  navigator.locks.request = () => Promise.reject(new DOMException('denied', 'SecurityError'))
  Object.defineProperty(globalThis, 'BroadcastChannel', { value: refuse })
}

const breakClipboard = {
  'is not there, as on an insecure page': () => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined })
  },
  refuses: () => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('denied', 'NotAllowedError'))
  },
}

for (const [state, broken] of Object.entries(breakClipboard)) {
  test(`a link is copied where the clipboard ${state}`, async ({ browser, server }) => {
    const { page, chooseNick, send, message, pressAction, field } = await visitor(browser, server)
    await page.addInitScript(broken)
    await page.reload()
    await chooseNick('Ada')
    await send('hello')
    await expect(message('hello')).toBeVisible()
    await pressAction('hello', 'Copy link')
    await expect(page.getByText('Link copied.')).toBeVisible()
    await expect(page).toHaveURL('/chat')
    await field.press('ControlOrMeta+v')
    await expect(field).toHaveValue(`${server.url}/chat/lobby/1`)
  })

  test(`a link that cannot be copied at all stands in the address bar (the clipboard ${state})`, async ({
    browser,
    server,
  }) => {
    const { page, chooseNick, send, message, pressAction } = await visitor(browser, server)
    await page.addInitScript(broken)
    await page.addInitScript(() => (document.execCommand = () => false))
    await page.reload()
    await chooseNick('Ada')
    await send('hello')
    await expect(message('hello')).toBeVisible()
    await pressAction('hello', 'Copy link')
    await expect(page).toHaveURL('/chat/lobby/1')
    await expect(page.getByText("Couldn't copy. The link is now in the address bar.")).toBeVisible()
  })
}

test('with all storage blocked the chat notifies, and its visitor can download what they wrote', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server)
  const context = ada.page.context()
  await context.addInitScript(blockStorage)
  await context.addInitScript(() => {
    const shown: string[] = []
    Object.assign(globalThis, { shown })
    const Shown = function (title: string) {
      shown.push(title)
    }
    Object.assign(Shown, { permission: 'granted', requestPermission: () => Promise.resolve('granted') })
    Object.defineProperty(globalThis, 'Notification', { value: Shown })
    Object.defineProperty(document, 'hidden', { get: () => true })
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
  })
  const errors: Error[] = []
  ada.page.on('pageerror', (error) => errors.push(error))
  await ada.page.reload()
  await ada.chooseNick('Eva')
  await ada.page.getByRole('button', { name: 'Settings' }).click()
  await ada.page.getByRole('checkbox', { name: /Notify me/ }).check()
  await ada.page.keyboard.press('Escape')
  await ada.send('mine')
  const cai = await visitor(browser, server, { nick: 'Cai' })
  await cai.send('@Eva are you there?')
  await expect
    .poll(() => ada.page.evaluate(() => (globalThis as unknown as { shown: string[] }).shown))
    .toEqual([expect.stringContaining('Cai')])
  await ada.page.getByRole('link', { name: 'Reports' }).click()
  await ada.page.getByRole('contentinfo').getByRole('link', { name: 'Privacy' }).click()
  const download = ada.page.waitForEvent('download')
  await ada.page.getByRole('button', { name: 'Download my messages' }).click()
  const words = await readFile(await (await download).path(), 'utf8')
  expect(words).toContain('mine')
  expect(errors).toEqual([])
})

test('the setting says that notifications need a secure address', async ({ browser, server }) => {
  const ada = await visitor(browser, server)
  await ada.page.addInitScript(() => {
    Object.defineProperty(globalThis, 'isSecureContext', { value: false })
    localStorage.setItem('me.chat.notification', 'on')
  })
  await ada.page.reload()
  await ada.chooseNick('Ada')
  await ada.page.getByRole('button', { name: 'Settings' }).click()
  const setting = ada.page.getByRole('checkbox', { name: 'Notify me' })
  await expect(setting).not.toBeChecked()
  await expect(setting).toBeDisabled()
  await expect(ada.page.getByText('Notifications need a secure address (https)')).toBeVisible()
})
