import { adaAndBo, expect, test, visitor } from './support/chat.ts'

test('where a message is told in short, emoji stand for their names as in the message itself', async ({
  browser,
  house,
}) => {
  const { ada, bo } = await adaAndBo(browser, house)
  const aloud = bo.page.locator('[aria-live=polite]')
  await ada.say('the **lamp** works :tada:')
  await expect(bo.message('the lamp works 🎉')).toBeVisible()
  await expect(aloud).toHaveText('Ada: the lamp works 🎉')
  await bo.act('the lamp works', 'Reply')
  await expect(bo.page.locator('footer')).toContainText('the lamp works 🎉')
  await bo.say('so it does')
  await expect(ada.message('so it does').getByRole('blockquote')).toHaveText('Ada: the lamp works 🎉')
  await ada.page.keyboard.press('Control+k')
  await ada.page.getByRole('dialog').getByRole('searchbox').fill('lamp')
  await expect(ada.page.getByRole('dialog').getByRole('link')).toContainText('works 🎉')
})

test('an answer shows what it answers, and leads to it', async ({ browser, house }) => {
  house.remember(Array.from({ length: 60 }, (_, index) => `line ${index + 1}.`))
  const { ada, bo } = await adaAndBo(browser, house)
  await ada.say('a **question**')
  for (let n = 1; n <= 25; n++) await ada.say(`and ${n}.`)
  await expect(bo.message('and 25.')).toBeVisible()
  await bo.log.evaluate((box) => (box.scrollTop -= 400))
  await expect(bo.message('a question')).toBeVisible()
  await bo.act('a question', 'Reply')
  await expect(bo.page.getByText('Replying to Ada')).toBeVisible()
  await expect(bo.field).toBeFocused()
  await bo.say('an answer')
  await expect(bo.page.getByText('Replying to Ada')).toHaveCount(0)
  await expect(bo.message('an answer').getByRole('blockquote')).toHaveText('Ada: a question')
  await expect(ada.message('an answer')).toBeInViewport()
  await expect(ada.message('a question').first()).not.toBeInViewport()
  await ada.message('an answer').getByRole('button', { name: 'Ada: a question' }).click()
  await expect(ada.message('a question').first()).toBeInViewport()
  await expect(ada.message('a question').first()).toBeFocused()
})

test('an answer can lead to what was said long ago, and it is fetched', async ({ browser, house }) => {
  const ada = await visitor(browser, house)
  await ada.comeIn('Ada')
  await ada.say('at the beginning')
  await ada.act('at the beginning', 'Reply')
  house.remember(Array.from({ length: 260 }, (_, index) => `line ${index + 1}.`))
  await ada.say('so long ago')
  const bo = await visitor(browser, house)
  await expect(bo.message('so long ago')).toBeInViewport()
  await bo.message('so long ago').getByRole('button', { name: 'An earlier message' }).click()
  await expect(bo.message('at the beginning').first()).toBeInViewport()
})

test('an answer written in a tunnel outlives a reload, and is an answer still', async ({
  browser,
  house,
}) => {
  const { ada, bo } = await adaAndBo(browser, house)
  await ada.say('can you hear me')
  await expect(bo.message('can you hear me')).toBeVisible()
  await house.kill()
  await bo.act('can you hear me', 'Reply')
  await bo.say('barely')
  await expect(bo.message('barely')).toContainText('waiting to be sent')
  await house.start()
  await bo.page.reload()
  await expect(ada.message('barely').getByRole('blockquote')).toHaveText('Ada: can you hear me')
  await expect(bo.message('barely').first()).toContainText('Ada: can you hear me')
})
