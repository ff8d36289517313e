import { adaAndBo, adaHasSent, expect, test } from './support/chat.ts'

test('an answer to a message that was deleted meanwhile goes back into the composer', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaAndBo(browser, server)
  await bo.send('a question')
  await ada.pressAction('a question', 'Reply')
  await ada.page.context().setOffline(true)
  await expect(ada.connection).not.toHaveText('Live')
  await ada.send('a long answer')
  await bo.pressAction('a question', 'Delete')
  await expect(bo.message('This message was deleted')).toBeVisible({ timeout: 15_000 })
  await ada.page.context().setOffline(false)

  const failed = ada.message('a long answer')
  await expect(failed).toContainText('The message was deleted meanwhile.', { timeout: 30_000 })
  await expect(failed.getByRole('button', { name: 'Try again' })).toHaveCount(0)
  await ada.field.fill('already here')
  await failed.getByRole('button', { name: 'Move to the message field' }).click()
  await expect(failed).toHaveCount(0)
  await expect(ada.field).toHaveValue('already here\na long answer')
  await ada.field.press('Enter')
  await expect(bo.message('a long answer')).toBeVisible()
})

test('the new words of a message that was deleted meanwhile are not lost', async ({ browser, server }) => {
  const { ada } = await adaHasSent(browser, server, 'first words')
  await ada.field.press('ArrowUp')
  const id = await ada.message('first words').getAttribute('data-id')
  const token = await ada.page.evaluate(() => localStorage.getItem('me.chat.token'))
  await ada.field.fill('better words')
  const answer = await ada.page.request.delete(`/api/chat/messages/${id}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(answer.status()).toBe(200)
  await ada.field.press('Enter')
  const failed = ada.message('better words')
  await expect(failed).toContainText('The message was deleted meanwhile.')
  await failed.getByRole('button', { name: 'Move to the message field' }).click()
  await expect(ada.field).toHaveValue('better words')
  await expect(ada.field).toHaveAccessibleName('Message')
})
