import type { Page } from '@playwright/test'
import { expectAccessible } from './support/axe.ts'
import { expect, test, visitor } from './support/chat.ts'

const shortcuts = (page: Page) => page.getByRole('dialog', { name: 'Keyboard shortcuts' })

test('the ? key opens the list of shortcuts and commands, and closing it returns the focus', async ({
  browser,
  server,
}) => {
  const { page, chooseNick, send, message } = await visitor(browser, server)
  await chooseNick('Ada')
  await send('hej')
  await expect(page.getByRole('button', { name: 'Settings' })).toBeVisible()
  await message('hej').focus()
  await page.keyboard.press('?')
  await expect(shortcuts(page)).toContainText('Enter, Shift + Enter')
  await expect(shortcuts(page)).toContainText('/nick Name')
  await page.keyboard.press('?')
  await expect(shortcuts(page)).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(shortcuts(page)).toHaveCount(0)
  await expect(message('hej')).toBeFocused()
})

test('the list of shortcuts and commands fits on a laptop screen without scrolling', async ({
  browser,
  server,
}) => {
  const { page, chooseNick, send } = await visitor(browser, server, {
    viewport: { width: 1280, height: 800 },
  })
  await chooseNick('Ada')
  await send('/help')
  await expect(shortcuts(page).getByRole('checkbox', { name: 'Open this list with ?' })).toBeInViewport({
    ratio: 1,
  })
  await expect(shortcuts(page)).toBeInViewport({ ratio: 1 })
  expect(await shortcuts(page).evaluate((it) => it.scrollHeight - it.clientHeight)).toBe(0)
})

test('the ? key types a question mark in the message field', async ({ browser, server }) => {
  const { page, chooseNick, field } = await visitor(browser, server)
  await chooseNick('Ada')
  await expect(page.getByRole('button', { name: 'Settings' })).toBeVisible()
  await field.press('?')
  await expect(field).toHaveValue('?')
  await expect(shortcuts(page)).toHaveCount(0)
})

test('the settings menu opens the list of shortcuts, and the ? key can be turned off permanently', async ({
  browser,
  server,
}) => {
  const { page, chooseNick } = await visitor(browser, server)
  await chooseNick('Ada')
  const menu = page.getByRole('button', { name: 'Settings' })
  await menu.click()
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
  await shortcuts(page).getByRole('checkbox', { name: 'Open this list with ?' }).click()
  await page.keyboard.press('Escape')
  await expect(shortcuts(page)).toHaveCount(0)
  await expect(menu).toBeFocused()
  await page.reload()
  await menu.focus()
  await page.keyboard.press('?')
  await menu.click()
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
  await expect(shortcuts(page).getByRole('checkbox', { name: 'Open this list with ?' })).not.toBeChecked()
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the list of shortcuts and commands passes axe, ${colorScheme}`, async ({ browser, server }) => {
    const { page, chooseNick, send } = await visitor(browser, server, {
      colorScheme,
      reducedMotion: 'reduce',
    })
    await chooseNick('Ada')
    await send('/help')
    await expect(shortcuts(page)).toBeVisible()
    await expectAccessible(page)
  })
