import type { Locator } from '@playwright/test'
import { adaAndBo, expect, test, visitor } from './support/chat.ts'

/** A key that belongs to an input method, as browsers send it: by `isComposing`, or in Safari by the key code alone. */
const composing = (field: Locator, key: string, isComposing: boolean) =>
  field.evaluate(
    (element, [key, isComposing]) =>
      element.dispatchEvent(
        new KeyboardEvent('keydown', {
          key: key as string,
          isComposing: isComposing as boolean,
          keyCode: 229,
          bubbles: true,
          cancelable: true,
        }),
      ),
    [key, isComposing] as const,
  )

for (const isComposing of [true, false]) {
  const by = isComposing ? 'isComposing' : 'key code 229'

  test(`keys of an input method do nothing in the composer (${by})`, async ({ browser, server }) => {
    const { ada, bo } = await adaAndBo(browser, server)
    await bo.send('a question')
    await ada.pressAction('a question', 'Reply')
    const replying = ada.page.getByText('Replying to Bo')
    await expect(replying).toBeVisible()
    for (const key of ['Escape', 'Enter', 'ArrowUp']) await composing(ada.field, key, isComposing)
    await expect(replying).toBeVisible()
    await ada.send('an answer')
    await expect(bo.message('an answer').getByRole('blockquote')).toContainText('a question')

    await ada.field.press('ArrowUp')
    await expect(ada.field).toHaveAccessibleName('Edit message')
    await composing(ada.field, 'Escape', isComposing)
    await ada.send('a better answer')
    await expect(bo.message('a better answer')).toContainText('edited')
    await expect(bo.messages).toHaveCount(2)

    await ada.field.pressSequentially('hej @B')
    await expect(ada.page.getByRole('option', { name: 'Bo' })).toBeVisible()
    for (const key of ['Escape', 'Enter', 'Tab', 'ArrowDown']) await composing(ada.field, key, isComposing)
    await expect(ada.page.getByRole('option', { name: 'Bo' })).toBeVisible()
    await expect(ada.field).toHaveValue('hej @B')
    await ada.field.fill('')
  })

  test(`keys of an input method neither close nor choose in forms and dialogs (${by})`, async ({
    browser,
    server,
  }) => {
    const { page, chooseNick, send, field } = await visitor(browser, server)
    await chooseNick('Ada')
    await send('/nick Eva')
    await send('/nick')
    await expect(field).toHaveAccessibleName(/nick/i)
    await composing(field, 'Escape', isComposing)
    await expect(field).toHaveAccessibleName(/nick/i)
    await field.press('Escape')
    await expect(field).toHaveAccessibleName('Message')

    await page.getByRole('button', { name: 'Emoji' }).click()
    const search = page.getByRole('dialog').getByRole('searchbox')
    await search.fill('tada')
    for (const key of ['Enter', 'Escape']) await composing(search, key, isComposing)
    await expect(search).toBeVisible()
    await search.press('Enter')
    await expect(search).toHaveCount(0)
    await expect(field).toHaveValue('🎉')
  })
}
