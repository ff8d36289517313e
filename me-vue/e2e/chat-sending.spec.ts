import { adaAndBo, expect, test, visitor, type Visitor } from './support/chat.ts'
import { givePicture } from './support/give-picture.ts'
import { createOwnerApi } from './support/owner-api.ts'

test('two people see each other’s messages at once, with nick and time', async ({ browser, server }) => {
  const { ada, bo } = await adaAndBo(browser, server)
  await ada.send('hej Bo')
  await expect(bo.message('hej Bo')).toContainText(/Ada\s*\d\d:\d\d/)
  await bo.send('hej Ada')
  await expect(ada.message('hej Ada')).toContainText(/Bo\s*\d\d:\d\d/)
  const time = ada.message('hej Ada').getByRole('time')
  await expect(time).toHaveAttribute('datetime', /^\d{4}-\d\d-\d\dT/)
  await expect(time).toHaveAttribute('title', /202\d/)
})

test('messages can be read before a nick is chosen', async ({ browser, server }) => {
  server.seedMessages(['it was a dark night', 'and then the lamp went on'])
  const { message, field, page } = await visitor(browser, server)
  await expect(message('and then the lamp went on')).toBeVisible()
  await expect(field).toHaveAccessibleName(/Pick a nick/)
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.getByText('This is where it began, 3 March 2026')).toBeVisible()
})

test('an empty room says that nobody has written yet', async ({ browser, server }) => {
  const { page } = await visitor(browser, server)
  await expect(page.getByText('Nobody has said anything yet. You could be first.')).toBeVisible()
})

test('a nick is remembered after a reload', async ({ browser, server }) => {
  const { page, chooseNick, send, message, field, expectLive } = await visitor(browser, server)
  await chooseNick('Ada')
  await page.reload()
  await expectLive()
  await expect(field).toHaveAccessibleName('Message')
  await send('still me')
  await expect(message('still me')).toContainText('Ada')
})

test('a taken nick is refused with an explanation, and a free one is suggested', async ({
  browser,
  server,
}) => {
  await visitor(browser, server, { nick: 'Ada' })
  const other = await visitor(browser, server)
  await other.field.fill('ada')
  await other.field.press('Enter')
  await expect(other.page.getByText('Somebody else has that nick')).toBeVisible()
  await expect(other.field).toHaveAttribute('aria-invalid', 'true')
  await other.page.getByRole('button', { name: 'Use ada-2' }).click()
  await expect(other.field).toHaveAccessibleName('Message')
  await expect(other.page.getByRole('complementary')).toContainText('ada-2')
})

test('a nick that resembles the owner is refused, and no similar nick is suggested', async ({
  browser,
  server,
}) => {
  const { page, field } = await visitor(browser, server)
  for (const nick of ['Admin', 'o w n e r', 'The owner 2']) {
    await field.fill(nick)
    await field.press('Enter')
    await expect(page.getByText('That nick is reserved')).toBeVisible()
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(page.getByRole('button', { name: /^Use / })).toHaveCount(0)
  }
  await field.fill('example.com')
  await field.press('Enter')
  await expect(page.getByText('and no web address')).toBeVisible()
  await page.getByRole('button', { name: /^Use / }).click()
  await expect(field).toHaveAccessibleName('Message')
})

test('a reserved nick offers signing in, which leads back to the chat', async ({ browser, server }) => {
  const { page, field } = await visitor(browser, server)
  await field.fill('administrator')
  await field.press('Enter')
  await page.getByRole('link', { name: 'Is it yours? Sign in' }).click()
  await expect(page).toHaveURL(/\/sign-in\?redirect=\/chat$/)
})

test('an invalid nick is refused with an explanation and a suggestion', async ({ browser, server }) => {
  const { page, field } = await visitor(browser, server)
  await field.fill('<<ada>>')
  await field.press('Enter')
  await expect(page.getByText('Up to 24 letters')).toBeVisible()
  await page.getByRole('button', { name: 'Use ada' }).click()
  await expect(field).toHaveAccessibleName('Message')
})

test('a nick can be changed later, and everybody sees the new one', async ({ browser, server }) => {
  const { ada, bo } = await adaAndBo(browser, server)
  await ada.page.getByRole('button', { name: 'Change your nick' }).click()
  await ada.field.fill('Ada Lovelace')
  await ada.field.press('Enter')
  await expect(ada.field).toHaveAccessibleName('Message')
  await expect(bo.page.getByRole('complementary')).toContainText('Ada Lovelace')
  await ada.send('me again')
  await expect(bo.message('me again')).toContainText('Ada Lovelace')
})

test('the user’s own message appears at once, shows its state, and appears only once', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const bo = await visitor(browser, server)
  for (let n = 1; n <= 20; n++) await ada.send(`message ${n}.`)
  await expect(ada.message('message 20.')).toBeVisible()
  await expect(bo.message('message 20.')).toBeVisible()
  await expect(ada.page.getByText('sending…')).toHaveCount(0)
  await expect(ada.message('message 20.')).toHaveCount(1)
  await ada.page.reload()
  await expect(ada.message('message 20.')).toHaveCount(1)
})

test('HTML and script in a message stay text', async ({ browser, server }) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const bo = await visitor(browser, server)
  const text =
    '<img src=x onerror="document.title=1"><script>document.title=2</script> javascript:alert(1) {{ 1+1 }}'
  await ada.send(text)
  await ada.send('see https://example.org/a_(b). or http://evil"onmouseover=x')
  await expect(bo.message(text)).toBeVisible()
  await expect(bo.log.locator('img, script')).toHaveCount(0)
  const links = bo.log.getByRole('link')
  await expect(links).toHaveText(['example.org/a_(b)', 'evil'])
  for (const link of await links.all()) {
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer nofollow ugc')
    await expect(link).toHaveAttribute('target', '_blank')
  }
  await expect(bo.page).toHaveTitle(/Lobby/)
})

test('a very long message is collapsed until “Show all” is pressed', async ({ browser, server }) => {
  const { page, chooseNick, send } = await visitor(browser, server)
  await chooseNick('Ada')
  await send(`${'word '.repeat(700)}the end`)
  await expect(page.getByText('the end')).toHaveCount(0)
  await page.getByRole('button', { name: 'Show all' }).click()
  await expect(page.getByText('the end')).toBeVisible()
})

test('a message that is too long is not sent, and a counter shows by how much', async ({
  browser,
  server,
}) => {
  const { page, chooseNick, field, messages } = await visitor(browser, server)
  await chooseNick('Ada')
  await field.fill('x'.repeat(3_990))
  await expect(page.getByText('10 left')).toBeVisible()
  await field.fill('x'.repeat(4_002))
  await expect(page.getByText('2 too many')).toBeVisible()
  await field.fill('')
  await page.evaluate(() => document.execCommand('insertText', false, '🦊'.repeat(20_000)))
  await expect(page.getByText(/^16,?000 too many$/)).toBeVisible()
  await field.press('Enter')
  await expect(messages).toHaveCount(0)
  await expect(field).not.toBeEmpty()
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

test('Shift+Enter breaks the line, and Enter sends', async ({ browser, server }) => {
  const { chooseNick, field, message, messages } = await visitor(browser, server)
  await chooseNick('Ada')
  await field.pressSequentially('one')
  await field.press('Shift+Enter')
  await field.pressSequentially('two')
  await expect(messages).toHaveCount(0)
  await field.press('Enter')
  await expect(message('one')).toContainText('one\ntwo')
  await expect(field).toBeFocused()
})

test('Enter breaks the line on a touch screen, and the button sends', async ({ browser, server }) => {
  const { page, chooseNick, field, message } = await visitor(browser, server, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  })
  await chooseNick('Ada')
  await field.pressSequentially('one')
  await field.press('Enter')
  await field.pressSequentially('two')
  await page.getByRole('button', { name: 'Send' }).tap()
  await expect(message('one')).toContainText('one\ntwo')
})

test('a draft survives a reload', async ({ browser, server }) => {
  const { page, chooseNick, field } = await visitor(browser, server)
  await chooseNick('Ada')
  await field.fill('not yet finished')
  await page.reload()
  await expect(field).toHaveValue('not yet finished')
})

test('a locked room can be read and says that it cannot be written in', async ({ browser, server }) => {
  server.seedMessages(['said before the door was closed'])
  server.lock()
  const { page, message, field } = await visitor(browser, server)
  await expect(message('said before the door was closed')).toBeVisible()
  await field.fill('Ada')
  await field.press('Enter')
  await expect(page.getByText('You can read, not write.')).toBeVisible()
})

test('a message in a room that becomes locked can be deleted by its author and its link copied, nothing else', async ({
  browser,
  server,
}) => {
  const ownerApi = await createOwnerApi(server)
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const bo = await visitor(browser, server)
  await ada.send('said in time')
  await bo.chooseNick('Bo')
  await bo.message('said in time').hover()
  await bo.page.getByRole('button', { name: 'React with 👏' }).click()
  const reaction = ada.message('said in time').getByRole('button', { name: '👏 1' })
  await expect(reaction).toBeEnabled()
  await ownerApi.changeRoom('lobby', { locked: true })
  await expect(ada.page.getByText('You can read, not write.')).toBeVisible()
  await expect(reaction).toBeDisabled()
  const refusedActions = (person: Visitor) =>
    person.page.getByRole('toolbar').getByRole('button', { name: /React|Add reaction|Reply|Edit/ })
  const link = (person: Visitor) =>
    person.page.getByRole('toolbar').getByRole('button', { name: 'Copy link' })
  for (const person of [bo, ada]) {
    await person.message('said in time').hover()
    await expect(link(person)).toBeVisible()
    await expect(refusedActions(person)).toHaveCount(0)
  }
  await ada.page.getByRole('button', { name: 'Delete' }).click()
  await expect(bo.message('said in time')).toHaveCount(0)
})

test('a refused message says why, and can be tried again or removed', async ({ browser, server }) => {
  const { page, chooseNick, send, message } = await visitor(browser, server)
  await chooseNick('Ada')
  server.lock()
  await send('too late')
  await expect(message('too late')).toContainText('The room was locked.')
  await page.reload()
  await message('too late').getByRole('button', { name: 'Try again' }).click()
  await expect(message('too late')).toContainText('The room was locked.')
  await message('too late').getByRole('button', { name: 'Remove' }).click()
  await expect(message('too late')).toHaveCount(0)
})

test('a message refused in a locked room keeps its place when others write after it is open again', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  await ada.send('before')
  await expect(ada.message('before')).toBeVisible()
  server.lock()
  await ada.send('too late')
  await expect(ada.message('too late')).toContainText('The room was locked.')
  server.lock(false)
  const bo = await visitor(browser, server, { nick: 'Bo' })
  await bo.send('after')
  await expect(ada.message('after')).toBeVisible()
  await expect(ada.messages).toContainText(['before', 'too late', 'after'])
  await ada.message('too late').getByRole('button', { name: 'Try again' }).click()
  await expect(ada.messages).toContainText(['before', 'after', 'too late'])
})

test('a nick chosen in one tab applies in the other, and both tabs are one person', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server)
  const other = await ada.page.context().newPage()
  await other.goto('/chat')
  await expect(other.getByRole('textbox', { name: /Pick a nick/ })).toBeVisible()
  await ada.chooseNick('Ada')
  await expect(other.getByRole('textbox', { name: 'Message' })).toBeVisible()
  await other.getByRole('textbox').fill('from the other tab')
  await other.getByRole('textbox').press('Enter')
  await expect(ada.message('from the other tab')).toContainText('Ada')
  await expect(other.getByRole('complementary').getByRole('listitem')).toHaveText(/Ada\s*you/)
})

for (const type of ['paste', 'drop'] as const)
  test(`a picture cannot be sent yet, and the chat says so (${type})`, async ({ browser, server }) => {
    const { page, chooseNick, field } = await visitor(browser, server)
    await chooseNick('Ada')
    await field.fill('half a sentence')
    expect(await givePicture(page, type)).toBe(true)
    await expect(page.getByText("Pictures and other files can't be sent yet.")).toBeVisible()
    await expect(field).toHaveValue('half a sentence')
    await expect(page).toHaveURL('/chat')
  })

test('a picture dropped where one has no nick yet does not leave the page', async ({ browser, server }) => {
  const { page } = await visitor(browser, server)
  await expect(async () => expect(await givePicture(page, 'drop')).toBe(true)).toPass()
  await expect(page.getByText("Pictures and other files can't be sent yet.")).toBeVisible()
  await expect(page).toHaveURL('/chat')
})

test('a text that comes with a picture of itself is pasted', async ({ browser, server }) => {
  const { page, chooseNick } = await visitor(browser, server)
  await chooseNick('Ada')
  expect(await givePicture(page, 'paste', 'a cell of a table')).toBe(false)
})
