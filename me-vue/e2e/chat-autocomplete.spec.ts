import { expectAccessible } from './support/axe.ts'
import { expect, test, visitor, type Visitor } from './support/chat.ts'
import type { TestServer } from './support/test-server.ts'
import type { Browser, BrowserContextOptions } from '@playwright/test'

/** Bo is in the chat, and so are Ada Lovelace and Åsa. */
async function boAmongOthers(
  browser: Browser,
  server: TestServer,
  options?: BrowserContextOptions,
): Promise<Visitor & { suggestions: ReturnType<Visitor['page']['getByRole']> }> {
  for (const nick of ['Ada Lovelace', 'Åsa']) await (await visitor(browser, server)).chooseNick(nick)
  const bo = await visitor(browser, server, { nick: 'Bo', ...options })
  return { ...bo, suggestions: bo.page.getByRole('listbox').getByRole('option') }
}

test('typing @ suggests the other people in the chat, and the chosen nick is inserted', async ({
  browser,
  server,
}) => {
  const { page, field, suggestions, message } = await boAmongOthers(browser, server)
  await field.pressSequentially('hej @')
  await expect(suggestions).toHaveText([/Ada Lovelace/, /Åsa/])
  await expect(page.getByText('2 suggestions')).toBeAttached()
  await field.pressSequentially('ada lo')
  await expect(suggestions).toHaveText([/Ada Lovelace/])
  await field.press('Enter')
  await expect(field).toHaveValue('hej @Ada Lovelace ')
  await expect(suggestions).toHaveCount(0)
  await field.pressSequentially('and all')
  await field.press('Enter')
  await expect(message('hej @Ada Lovelace and all')).toBeVisible()
})

test('autocompletion finds a nick typed without its accents', async ({ browser, server }) => {
  const { field, suggestions } = await boAmongOthers(browser, server)
  await field.pressSequentially('@asa')
  await expect(suggestions).toHaveText([/Åsa/])
  await field.press('Tab')
  await expect(field).toHaveValue('@Åsa ')
  await expect(field).toBeFocused()
})

test('arrow keys move through the suggestions, and the field announces the current one', async ({
  browser,
  server,
}) => {
  const { page, field, suggestions } = await boAmongOthers(browser, server)
  await field.pressSequentially('@')
  await expect(field).toHaveAttribute('aria-controls', /.+/)
  const active = async () =>
    page.locator(`[id="${await field.getAttribute('aria-activedescendant')}"]`).innerText()
  await expect.poll(active).toContain('Ada Lovelace')
  await field.press('ArrowDown')
  await expect.poll(active).toContain('Åsa')
  await expect(suggestions.last()).toHaveAttribute('aria-selected', 'true')
  await field.press('ArrowDown')
  await expect.poll(active).toContain('Ada Lovelace')
  await field.press('ArrowUp')
  await field.press('Enter')
  await expect(field).toHaveValue('@Åsa ')
})

test('Escape closes only the suggestions, until another word begins', async ({ browser, server }) => {
  const { page, field, suggestions } = await boAmongOthers(browser, server)
  await server.postMessages('Script', ['answer me'])
  await page.getByRole('article').filter({ hasText: 'answer me' }).hover()
  await page.getByRole('button', { name: 'Reply' }).click()
  await field.pressSequentially('@a')
  await expect(suggestions.first()).toBeVisible()
  await field.press('Escape')
  await expect(suggestions).toHaveCount(0)
  await expect(page.getByText('Replying to Script')).toBeVisible()
  await field.pressSequentially('d')
  await expect(field).toHaveValue('@ad')
  await expect(suggestions).toHaveCount(0)
  await field.pressSequentially(', @a')
  await expect(suggestions).toHaveCount(2)
})

test('a colon and two letters suggest emoji, and a click inserts one', async ({ browser, server }) => {
  const { field, suggestions, message } = await boAmongOthers(browser, server)
  await field.pressSequentially('so :D at 10:30 :ta')
  await expect(suggestions.first()).toBeVisible()
  await field.pressSequentially('da')
  await expect(suggestions).toHaveText([/🎉\s*tada/])
  await suggestions.click()
  await expect(field).toHaveValue('so :D at 10:30 🎉 ')
  await expect(field).toBeFocused()
  await field.press('Enter')
  await expect(message('so :D at 10:30 🎉')).toBeVisible()
})

test('Enter sends the message when a nick is typed in full', async ({ browser, server }) => {
  const { field, suggestions, message } = await boAmongOthers(browser, server)
  await field.pressSequentially('thanks @åsa')
  await expect(suggestions).toHaveText([/Åsa/])
  await field.press('Enter')
  await expect(message('thanks @åsa')).toBeVisible()
  await expect(field).toBeEmpty()
  await expect(suggestions).toHaveCount(0)
})

test('the suggestions ignore keys during text composition', async ({ browser, server }) => {
  const { field, suggestions } = await boAmongOthers(browser, server)
  await field.pressSequentially('@')
  await expect(suggestions).toHaveCount(2)
  await field.dispatchEvent('keydown', { key: 'Enter', isComposing: true })
  await field.dispatchEvent('keydown', { key: 'ArrowDown', isComposing: true })
  await expect(field).toHaveValue('@')
  await expect(suggestions.first()).toHaveAttribute('aria-selected', 'true')
})

test('an inserted suggestion can be undone', async ({ browser, server }) => {
  const { field, suggestions } = await boAmongOthers(browser, server)
  await field.pressSequentially('@ad')
  await expect(suggestions).toHaveCount(1)
  await field.press('Enter')
  await field.press('Control+z')
  await expect(field).toHaveValue('@ad')
})

test('a suggestion is chosen by tapping on a touch screen, and Enter still breaks the line', async ({
  browser,
  server,
}) => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
  const { field, suggestions } = await boAmongOthers(browser, server, phone)
  await field.pressSequentially('@ad')
  await expect(suggestions).toHaveCount(1)
  await field.press('Enter')
  await expect(field).toHaveValue('@ad\n')
  await field.pressSequentially('@ås')
  await suggestions.tap()
  await expect(field).toHaveValue('@ad\n@Åsa ')
})

test('the emoji button opens the picker and inserts an emoji at the caret', async ({ browser, server }) => {
  const { page, field, message } = await boAmongOthers(browser, server)
  await field.fill('hej  du')
  await field.evaluate((it: HTMLTextAreaElement) => it.setSelectionRange(4, 4))
  await page.getByRole('button', { name: 'Emoji' }).click()
  await page.getByRole('searchbox').fill('train')
  await page.getByRole('searchbox').press('Enter')
  await expect(field).toHaveValue('hej 🚆 du')
  await expect(field).toBeFocused()
  await field.pressSequentially('!')
  await field.press('Enter')
  await expect(message('hej 🚆! du')).toBeVisible()
  await page.getByRole('button', { name: 'Emoji' }).press('Enter')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Emoji' })).toBeFocused()
})

test('the code for autocompletion is loaded only when there is something to complete', async ({
  browser,
  server,
}) => {
  const bo = await visitor(browser, server)
  const fetched: string[] = []
  bo.page.on('request', (request) => fetched.push(request.url()))
  await bo.chooseNick('Bo')
  await bo.field.pressSequentially('hej')
  await expect(bo.field).toHaveValue('hej')
  expect(fetched.filter((url) => /Completion|EmojiPicker/.test(url))).toEqual([])
  await bo.field.pressSequentially(' :tada')
  await expect(bo.page.getByRole('option')).toHaveText([/tada/])
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the suggestions pass axe, ${colorScheme}`, async ({ browser, server }) => {
    test.slow() // axe takes seconds for each state
    const { page, field, suggestions } = await boAmongOthers(browser, server, { colorScheme })
    for (const typed of ['@', ':he']) {
      await field.fill('')
      await field.pressSequentially(typed)
      await expect(suggestions.first()).toBeVisible()
      await expectAccessible(page)
    }
  })
