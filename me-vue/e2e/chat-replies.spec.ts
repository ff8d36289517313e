import { adaAndBo, adaHasSent, expect, lines, test, visitor } from './support/chat.ts'

test('excerpts of a message show emoji instead of their names, as the message does', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaAndBo(browser, server)
  const announced = bo.page.locator('[aria-live=polite]')
  await ada.send('the **lamp** works :tada:')
  await expect(bo.message('the lamp works 🎉')).toBeVisible()
  await expect(announced).toHaveText('Ada: the lamp works 🎉')
  await bo.pressAction('the lamp works', 'Reply')
  await expect(bo.page.locator('footer')).toContainText('the lamp works 🎉')
  await bo.send('so it does')
  await expect(ada.message('so it does').getByRole('blockquote')).toHaveText('Ada: the lamp works 🎉')
  await ada.page.keyboard.press('Control+k')
  await ada.page.getByRole('dialog').getByRole('searchbox').fill('lamp')
  await expect(ada.page.getByRole('dialog').getByRole('link')).toContainText('works 🎉')
})

test('a reply quotes its message, and the quote scrolls to it', async ({ browser, server }) => {
  server.seedMessages(lines(60))
  const { ada, bo } = await adaAndBo(browser, server)
  await ada.send('a **question**')
  for (let n = 1; n <= 25; n++) await ada.send(`and ${n}.`)
  await expect(bo.message('and 25.')).toBeVisible()
  await bo.log.evaluate((box) => (box.scrollTop -= 400))
  await expect(bo.message('a question')).toBeVisible()
  await bo.pressAction('a question', 'Reply')
  await expect(bo.page.getByText('Replying to Ada')).toBeVisible()
  await expect(bo.field).toBeFocused()
  await bo.send('an answer')
  await expect(bo.page.getByText('Replying to Ada')).toHaveCount(0)
  await expect(bo.message('an answer').getByRole('blockquote')).toHaveText('Ada: a question')
  await expect(ada.message('an answer')).toBeInViewport()
  await expect(ada.message('a question').first()).not.toBeInViewport()
  await ada.message('an answer').getByRole('button', { name: 'Ada: a question' }).click()
  await expect(ada.message('a question').first()).toBeInViewport()
  await expect(ada.message('a question').first()).toBeFocused()
})

test('the quote of a reply loads an old message and scrolls to it', async ({ browser, server }) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  await ada.send('at the beginning')
  await ada.pressAction('at the beginning', 'Reply')
  server.seedMessages(lines(260))
  await ada.send('so long ago')
  const bo = await visitor(browser, server)
  await expect(bo.message('so long ago')).toBeInViewport()
  await bo.message('so long ago').getByRole('button', { name: 'An earlier message' }).click()
  await expect(bo.message('at the beginning').first()).toBeInViewport()
})

test('a reply written offline survives a reload and is sent as a reply', async ({ browser, server }) => {
  const { ada, bo } = await adaHasSent(browser, server, 'can you hear me')
  await server.kill()
  await bo.pressAction('can you hear me', 'Reply')
  await bo.send('barely')
  await expect(bo.message('barely')).toContainText('waiting to be sent')
  await server.start()
  await bo.page.reload()
  await expect(ada.message('barely').getByRole('blockquote')).toHaveText('Ada: can you hear me')
  await expect(bo.message('barely').first()).toContainText('Ada: can you hear me')
})
