import { adaAndBo, expect, test, visitor } from './support/chat.ts'
import { ownersHand } from './support/rooms.ts'

test('a server killed after it acknowledged has the message when it is back, and open tabs catch up', async ({
  browser,
  house,
}) => {
  const { ada, bo } = await adaAndBo(browser, house)
  await ada.say('before the fall')
  await expect(bo.message('before the fall')).toBeVisible()
  await house.kill()
  await expect(ada.connection).not.toHaveText('Live')
  await ada.say('while it was down')
  await expect(ada.message('while it was down')).toContainText('waiting to be sent')
  await house.start()
  await ada.live()
  await bo.live()
  await expect(bo.message('while it was down')).toHaveCount(1)
  await expect(ada.page.getByText('waiting to be sent')).toHaveCount(0)
  await expect(ada.message('while it was down')).toHaveCount(1)
  const late = await visitor(browser, house)
  await expect(late.message('before the fall')).toHaveCount(1)
})

test('a break says when it tries again, and lets one not wait', async ({ browser, house }) => {
  const ada = await visitor(browser, house)
  await ada.live()
  await house.kill()
  await expect(ada.page.getByText(/^Back in \d s$/)).toBeVisible()
  await house.start()
  await ada.page
    .getByRole('button', { name: 'Try now' })
    .click({ timeout: 2_000 })
    .catch(() => {})
  await ada.live()
})

test('back from a tunnel it is live by itself and has what was said meanwhile', async ({
  browser,
  house,
}) => {
  const { ada, bo } = await adaAndBo(browser, house)
  await ada.page.context().setOffline(true)
  await expect(ada.connection).toHaveText('Offline')
  await bo.say('you missed this')
  await expect(bo.message('you missed this')).toBeVisible()
  await ada.page.context().setOffline(false)
  await ada.live()
  await expect(ada.message('you missed this')).toHaveCount(1)
})

test('a sender who is too fast sees why and is sent on by itself', async ({ browser, house }) => {
  await house.kill()
  await house.start({ LIMIT_MESSAGES: '3/2s' })
  const ada = await visitor(browser, house)
  await ada.comeIn('Ada')
  for (let n = 1; n <= 5; n++) await ada.say(`quick ${n}`)
  await expect(ada.page.getByText(/waiting to be sent.*slow mode/)).toBeVisible()
  await expect(ada.page.getByText('waiting to be sent')).toHaveCount(0)
  await expect(ada.messages).toContainText(['quick 1', 'quick 2', 'quick 3', 'quick 4', 'quick 5'])
})

test('in a slow room one is told how long the next message waits, and it goes by itself', async ({
  browser,
  house,
}) => {
  test.slow()
  const hand = await ownersHand(house)
  await hand.change('lobby', { slowSeconds: 15 })
  const ada = await visitor(browser, house)
  const bo = await visitor(browser, house)
  await ada.comeIn('Ada')
  await ada.say('first')
  await expect(bo.messages).toHaveCount(1)
  await ada.say('second')
  await expect(ada.page.getByText(/waiting to be sent.*slow mode, next in \d+ s/)).toBeVisible()
  await expect(ada.field).toBeEmpty()
  await expect(bo.messages).toContainText(['first', 'second'], { timeout: 40_000 })
  await expect(ada.page.getByText('waiting to be sent')).toHaveCount(0)
  await expect(ada.messages).toHaveCount(2)
})

test('“Live” is never left standing over a dead connection', async ({ browser, house }) => {
  const ada = await visitor(browser, house)
  await ada.live()
  house.freeze()
  await ada.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await expect(ada.connection).not.toHaveText('Live')
  house.thaw()
  await ada.live()
})
