import { adaAndBo, expect, chatOn, openTab, test, visitor } from './support/chat.ts'

test('a duplicated tab connects by itself although it has a copy of the other tab’s storage', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaAndBo(browser, server)
  // The tab keeps its id in the storage across a reload.
  await ada.page.reload()
  await ada.expectLive()
  let reconnected = 0
  ada.page.on('websocket', () => reconnected++)
  const opened = ada.page.waitForEvent('popup')
  await ada.page.evaluate(() => void open('/chat'))
  const twin = chatOn(await opened)
  await twin.expectLive()
  await bo.send('to both of you')
  for (const tab of [ada, twin]) await expect(tab.message('to both of you')).toBeVisible()
  expect(reconnected).toBe(0)
})

test('a draft is the same in all tabs, and another tab does not overwrite what is being typed', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const other = await openTab(ada.page.context())
  await other.expectLive()
  await ada.field.fill('half a sentence')
  await expect(other.field).toHaveValue('half a sentence')
  await other.field.fill('half a sentence, and the rest')
  await expect(ada.field).toHaveValue('half a sentence, and the rest')
  await ada.field.press('Enter')
  await expect(other.message('and the rest')).toBeVisible()
  await expect(other.field).toHaveValue('')
  // A change to a draft that this tab never showed is ignored; a change to its own draft is applied.
  await ada.field.fill('typed here')
  await ada.page.evaluate(() => {
    const tell = (oldValue: string, newValue: string) =>
      dispatchEvent(new StorageEvent('storage', { key: 'me.chat.draft.lobby', oldValue, newValue }))
    tell('something else', 'typed there')
    tell('typed here', 'typed here and there')
  })
  await expect(ada.field).toHaveValue('typed here and there')
})

test('the nick and the number of unread messages are the same in all tabs', async ({ browser, server }) => {
  const { ada, bo } = await adaAndBo(browser, server)
  const other = await openTab(ada.page.context())
  await other.expectLive()
  await ada.send('/nick Ada L')
  await expect(other.page.getByRole('complementary').getByText('Ada L')).toBeVisible()
  for (const tab of [ada, other]) {
    await tab.page.getByRole('navigation').getByRole('link', { name: 'Home' }).click()
    await expect(tab.page.getByRole('log')).toHaveCount(0)
  }
  await bo.send('anybody there?')
  for (const tab of [ada, other]) await expect(tab.page).toHaveTitle(/^\(1\)/)
  await ada.page.getByRole('navigation').getByRole('link', { name: 'Chat' }).click()
  await expect(ada.message('anybody there?')).toBeVisible()
  await expect(other.page).not.toHaveTitle(/^\(1\)/)
})

test('two tabs that hide people do not overwrite each other', async ({ browser, server }) => {
  server.seedMessages(['hello'])
  const { page } = await visitor(browser, server)
  const other = await page.context().newPage()
  await other.goto('/chat')
  await expect(other.getByText('hello')).toBeVisible()
  const [author] = await page.evaluate(async () => {
    const answer = await fetch('/api/chat/rooms/lobby/messages')
    const { data } = (await answer.json()) as { data: { messages: { author: { id: string } }[] } }
    return data.messages.map(({ author }) => author.id)
  })
  await page.evaluate((id) => localStorage.setItem('me.chat.hidden', JSON.stringify([[id, 'Ada']])), author)
  await expect(other.getByText('hello')).toHaveCount(0)
})
