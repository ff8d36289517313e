import { expectAccessible } from './support/axe.ts'
import { adaAndBo, adaHasSent, expect, lines, openAsOwner, test, visitor } from './support/chat.ts'
import { ownerAccount } from './support/server.ts'
import { signIn } from './support/test.ts'

test('a reaction appears at once for everybody with its count and names, and can be removed', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaHasSent(browser, server, 'the lamp works')
  await bo.pressAction('the lamp works', 'React with 👍')
  const reaction = ada.message('the lamp works').getByRole('listitem').getByRole('button')
  await expect(reaction).toHaveText('👍 1')
  await expect(reaction).toHaveAttribute('aria-pressed', 'false')
  await expect(reaction).toHaveAttribute('title', 'Bo')
  await reaction.click()
  await expect(reaction).toHaveText('👍 2')
  await expect(reaction).toHaveAttribute('aria-pressed', 'true')
  await expect(bo.message('the lamp works').getByRole('listitem')).toHaveText('👍 2')
  await reaction.click()
  await expect(bo.message('the lamp works').getByRole('listitem')).toHaveText('👍 1')
})

test('a nick that is read from right to left does not turn round the names of a reaction', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaAndBo(browser, server)
  const sara = await visitor(browser, server, { nick: 'שרה' })
  await ada.send('the lamp works')
  const reaction = ada.message('the lamp works').getByRole('listitem').getByRole('button')
  await sara.pressAction('the lamp works', 'React with 👍')
  await expect(reaction).toHaveText('👍 1')
  await bo.pressAction('the lamp works', 'React with 👍')
  await expect(reaction).toHaveAttribute('title', '\u2068שרה\u2069 and Bo')
})

test('the emoji picker finds an emoji by its name for a reaction', async ({ browser, server }) => {
  const { ada, bo } = await adaHasSent(browser, server, 'an animal')
  await bo.pressAction('an animal', 'Add reaction')
  await bo.page.getByRole('searchbox').fill('otter')
  await bo.page.getByRole('dialog').getByRole('button', { name: '🦦' }).click()
  await expect(ada.message('an animal').getByRole('listitem')).toHaveText('🦦 1')
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

test('a refused reaction is removed again, and a notice says why', async ({ browser, server }) => {
  const { ada } = await adaAndBo(browser, server)
  await ada.send('the door')
  await expect(ada.message('the door').getByText('sending…')).toHaveCount(0)
  server.lock()
  await ada.pressAction('the door', 'React with 🔥')
  await expect(ada.page.getByText('The room is locked.')).toBeVisible()
  await expect(ada.message('the door').getByRole('listitem')).toHaveCount(0)
})

test('the ↑ key edits the user’s last message, and Escape restores the draft', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaHasSent(browser, server, 'helo')
  await ada.field.press('ArrowUp')
  await expect(ada.field).toHaveAccessibleName('Edit message')
  await expect(ada.field).toHaveValue('helo')
  await ada.field.press('Escape')
  await expect(ada.field).toHaveAccessibleName('Message')
  await ada.field.fill('a draft')
  await ada.pressAction('helo', 'Edit')
  await ada.send('hello')
  await expect(bo.message('hello')).toContainText('edited')
  await bo.message('hello').getByText('edited').hover()
  await expect(bo.message('hello').getByText(/^· edited \S.* at \d\d:\d\d:\d\d$/)).toBeVisible()
  await expect(ada.field).toHaveValue('a draft')
  await expect(bo.messages).toHaveCount(1)
})

test('an edit that cannot be saved shows an error and can be tried again', async ({ browser, server }) => {
  const { ada } = await adaAndBo(browser, server)
  await ada.send('helo')
  await expect(ada.message('helo').getByText('sending…')).toHaveCount(0)
  server.lock()
  await ada.field.press('ArrowUp')
  await ada.send('hello')
  await expect(ada.message('hello')).toContainText("Couldn't save.")
  server.lock(false)
  await ada.message('hello').getByRole('button', { name: 'Try again' }).click()
  await expect(ada.message('hello')).toContainText('edited')
})

test('a deletion can be undone for a while, then the message is gone for everybody', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaHasSent(browser, server, 'a secret')
  await ada.pressAction('a secret', 'Delete')
  await expect(ada.log).toContainText('Deleted')
  await ada.page.getByRole('button', { name: 'Undo' }).click()
  await expect(ada.message('a secret')).toBeVisible()
  await ada.pressAction('a secret', 'Delete')
  await expect(bo.message('a secret')).toBeVisible()
  await expect(bo.message('This message was deleted.')).toBeVisible()
  await expect(ada.message('This message was deleted.')).toBeVisible()
})

test('a message is deleted also when its author leaves before the time to undo is over', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaHasSent(browser, server, 'a secret')
  await ada.pressAction('a secret', 'Delete')
  await ada.page.reload()
  await expect(bo.message('This message was deleted.')).toBeVisible({ timeout: 3_000 })
})

test('a visitor can change only their own messages, and the owner can delete anybody’s', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaAndBo(browser, server)
  await ada.send('something rude')
  await bo.message('something rude').hover()
  await expect(bo.message('something rude').getByRole('button', { name: 'Reply' })).toBeVisible()
  for (const name of ['Edit', 'Delete'])
    await expect(bo.message('something rude').getByRole('button', { name })).toHaveCount(0)
  const owner = await visitor(browser, server)
  await signIn(owner.page, ownerAccount)
  await owner.page.getByRole('link', { name: /^Chat/ }).click()
  await owner.pressAction('something rude', 'Delete')
  await expect(ada.message('This message was deleted.')).toBeVisible()
})

test('a message that the owner deletes disappears for everybody at once and returns on undo', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  await ada.send('something rude')
  const owner = await openAsOwner(browser, server)
  await owner.pressAction('something rude', 'Delete')
  await expect(ada.message('This message was deleted.')).toBeVisible()
  const undo = owner.page.getByRole('button', { name: 'Undo' })
  await expect(undo).toBeVisible()
  await undo.press('Enter')
  await expect(ada.message('something rude')).toBeVisible()
  await expect(owner.message('something rude')).toBeVisible()
  await expect(undo).toHaveCount(0)
  await owner.pressAction('something rude', 'Delete')
  await expect(ada.message('This message was deleted.')).toBeVisible()
  await expect(undo).toBeVisible()
  // It cannot be undone ten seconds later.
  await expect(owner.message('This message was deleted.')).toBeVisible()
  await expect(undo).toHaveCount(0)
})

test('slash commands run and are not sent as messages', async ({ browser, server }) => {
  const { ada, bo } = await adaAndBo(browser, server)
  await ada.send('/dance')
  await expect(ada.page.getByText('There is no command /dance.')).toBeVisible()
  await expect(ada.field).toHaveValue('/dance')
  await ada.send('/help')
  await expect(ada.page.getByRole('dialog').getByText('/nick Name')).toBeVisible()
  await ada.page.keyboard.press('Escape')
  await expect(ada.field).toBeFocused()
  await ada.send('/nick Ada Lovelace')
  await expect(bo.page.getByRole('complementary')).toContainText('Ada Lovelace')
  await ada.send('//dance')
  await ada.send('/me dances')
  await expect(bo.messages).toContainText(['/dance', 'dances'])
  await ada.send('/nick Bo')
  await expect(ada.page.getByText('Somebody else has that nick')).toBeVisible()
})

test('message actions work with the keyboard alone', async ({ browser, server }) => {
  const { ada, bo } = await adaAndBo(browser, server)
  for (const text of ['first.', 'second.', 'third.']) await ada.send(text)
  await expect(bo.message('third.')).toBeVisible()
  const { keyboard } = bo.page
  await bo.log.focus()
  await keyboard.press('ArrowUp')
  await expect(bo.message('third.')).toBeFocused()
  await keyboard.press('ArrowUp')
  await expect(bo.message('second.')).toBeFocused()
  await keyboard.press('Enter')
  await expect(bo.page.getByRole('button', { name: 'React with 👍' })).toBeFocused()
  await keyboard.press('ArrowRight')
  await keyboard.press('Enter')
  await expect(ada.message('second.').getByRole('listitem')).toHaveText('❤️ 1')
  await keyboard.press('Escape')
  await expect(bo.message('second.')).toBeFocused()
  await keyboard.press('ArrowDown')
  await expect(bo.message('third.')).toBeFocused()
  await keyboard.press('.')
  for (let n = 0; n < 7; n++) await keyboard.press('ArrowRight')
  await expect(bo.page.getByRole('button', { name: 'Reply' })).toBeFocused()
  await keyboard.press('Enter')
  await expect(bo.field).toBeFocused()
  await keyboard.type('by hand')
  await keyboard.press('Enter')
  await expect(ada.message('by hand').getByRole('blockquote')).toHaveText('Ada: third.')
  await bo.page.getByRole('button', { name: '❤️ 1' }).focus()
  await keyboard.press('ArrowUp')
  await expect(bo.message('second.')).toBeFocused()
  await bo.page.getByRole('button', { name: '❤️ 1' }).focus()
  await keyboard.press('ArrowDown')
  await expect(bo.page.locator('article:focus')).toContainText('third.')
  await keyboard.press('Escape')
  await expect(bo.field).toBeFocused()
})

test('Escape right after an arrow key moves the focus to the message field, where it stays', async ({
  browser,
  server,
}) => {
  server.seedMessages(lines(200))
  const { chooseNick, field, log, message, page } = await visitor(browser, server)
  await chooseNick('Ada')
  await log.focus()
  await page.keyboard.press('ArrowUp')
  await expect(message('line 200.')).toBeFocused()
  // Both keys before the next frame, then more frames than the list waits for a message.
  await message('line 200.').evaluate(async (line) => {
    const press = (key: string) => line.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
    press('ArrowUp')
    press('Escape')
    for (let frame = 0; frame < 40; frame++) await new Promise(requestAnimationFrame)
  })
  await expect(field).toBeFocused()
})

test('a focused message keeps the focus when it is scrolled far out of view', async ({ browser, server }) => {
  server.seedMessages(lines(200))
  const { chooseNick, log, message, page } = await visitor(browser, server)
  await chooseNick('Ada')
  await log.focus()
  await page.keyboard.press('ArrowUp')
  await expect(message('line 200.')).toBeFocused()
  await log.evaluate((box) => (box.scrollTop -= 3_000))
  await page.keyboard.press('ArrowUp')
  await expect(message('line 199.')).toBeFocused()
  await expect(message('line 199.')).toBeInViewport()
})

test('message actions are behind a button on a touch screen', async ({ browser, server }) => {
  const { chooseNick, message, page } = await visitor(browser, server, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  })
  await chooseNick('Ada')
  await page.getByRole('textbox').fill('under the thumb')
  await page.getByRole('button', { name: 'Send' }).tap()
  await message('under the thumb').getByRole('button', { name: 'Message actions' }).tap()
  await message('under the thumb').getByRole('button', { name: 'React with 🎉' }).tap()
  await expect(message('under the thumb').getByRole('listitem')).toHaveText('🎉 1')
  await page.getByRole('textbox').tap()
  await expect(page.getByRole('toolbar')).toHaveCount(0)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the message actions pass axe, ${colorScheme}`, async ({ browser, server }) => {
    test.slow() // axe takes seconds for each state
    const ada = await visitor(browser, server, { nick: 'Ada', colorScheme })
    await ada.send('mine')
    await ada.pressAction('mine', 'React with 👏')
    await expect(ada.message('mine').getByRole('listitem')).toBeVisible()
    await expectAccessible(ada.page)
    await ada.pressAction('mine', 'Reply')
    await expectAccessible(ada.page)
    await ada.pressAction('mine', 'Edit')
    await expectAccessible(ada.page)
    await ada.pressAction('mine', 'Add reaction')
    await expect(ada.page.getByRole('searchbox')).toBeVisible()
    await expectAccessible(ada.page)
    await ada.page.keyboard.press('Escape')
    await ada.pressAction('mine', 'Delete')
    await expectAccessible(ada.page)
  })
