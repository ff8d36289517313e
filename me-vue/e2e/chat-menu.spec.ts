import { expect, test, visitor } from './support/chat.ts'

test('the chat’s menu has language, theme, account and privacy', async ({ browser, server }) => {
  const { page } = await visitor(browser, server)
  await page.getByRole('button', { name: 'Settings' }).click()
  const menu = page.getByRole('dialog')
  await menu.getByLabel('Theme').selectOption('dark')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await menu.getByLabel('Language').selectOption('sv')
  await expect(page.locator('html')).toHaveAttribute('lang', 'sv')
  await expect(menu.getByRole('link', { name: 'Integritet' })).toHaveAttribute('href', '/privacy')
  await menu.getByRole('link', { name: 'Logga in' }).click()
  await expect(page).toHaveURL(/\/sign-in\?redirect=\/chat$/)
})

test('a reserved nick offers signing in, which leads back to the chat', async ({ browser, server }) => {
  const { page, field } = await visitor(browser, server)
  await field.fill('administrator')
  await field.press('Enter')
  await page.getByRole('link', { name: 'Is it yours? Sign in' }).click()
  await expect(page).toHaveURL(/\/sign-in\?redirect=\/chat$/)
})

test('Send looks disabled while the field is empty, and saves while a message is edited', async ({
  browser,
  server,
}) => {
  const { page, field, chooseNick, send, pressAction } = await visitor(browser, server)
  await chooseNick('Ada')
  const button = page.getByRole('button', { name: 'Send', exact: true })
  const look = () => button.evaluate((element) => getComputedStyle(element).backgroundColor)
  await expect(button).toHaveAttribute('aria-disabled', 'true')
  const disabled = await look()
  await field.fill('hello')
  await expect(button).not.toHaveAttribute('aria-disabled')
  await expect.poll(look).not.toBe(disabled)
  await send('hello')
  await pressAction('hello', 'Edit')
  await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeVisible()
  await expect(button).toHaveCount(0)
})

test('a message refused in a locked room keeps its place when others write after it is open again', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server)
  await ada.chooseNick('Ada')
  await ada.send('before')
  await expect(ada.message('before')).toBeVisible()
  server.lock()
  await ada.send('too late')
  await expect(ada.message('too late')).toContainText('The room was locked.')
  server.lock(false)
  const bo = await visitor(browser, server)
  await bo.chooseNick('Bo')
  await bo.send('after')
  await expect(ada.message('after')).toBeVisible()
  await expect(ada.messages).toContainText(['before', 'too late', 'after'])
  await ada.message('too late').getByRole('button', { name: 'Try again' }).click()
  await expect(ada.messages).toContainText(['before', 'after', 'too late'])
})

test('emoji are found by words of the site’s language', async ({ browser, server }) => {
  const { page, field } = await visitor(browser, server, { locale: 'sv-SE' })
  await field.fill('Ada')
  await field.press('Enter')
  await page.getByRole('button', { name: 'Emoji' }).click()
  await page.getByRole('searchbox').fill('hjarta')
  await expect(page.getByRole('dialog').getByRole('button', { name: '❤️', exact: true })).toBeVisible()
  await page.getByRole('searchbox').fill('coffee')
  await expect(page.getByRole('dialog').getByRole('button', { name: '☕' })).toBeVisible()
})
