import { adaAndBo, adaHasSent, expect, test, visitor } from './support/chat.ts'
import { createOwnerApi } from './support/owner-api.ts'

test('an acknowledged message survives a killed server, and open tabs catch up after the restart', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaHasSent(browser, server, 'before the fall')
  await server.kill()
  await expect(ada.connection).not.toHaveText('Live')
  await ada.send('while it was down')
  await expect(ada.message('while it was down')).toContainText('waiting to be sent')
  await server.start()
  await ada.expectLive()
  await bo.expectLive()
  await expect(bo.message('while it was down')).toHaveCount(1)
  await expect(ada.page.getByText('waiting to be sent')).toHaveCount(0)
  await expect(ada.message('while it was down')).toHaveCount(1)
  const late = await visitor(browser, server)
  await expect(late.message('before the fall')).toHaveCount(1)
})

test('a lost connection shows when it is tried again, and “Try now” reconnects at once', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server)
  await ada.expectLive()
  await server.kill()
  await expect(ada.page.getByText(/^Back in \d s$/)).toBeVisible()
  await server.start()
  await ada.page
    .getByRole('button', { name: 'Try now' })
    .click({ timeout: 2_000 })
    .catch(() => {})
  await ada.expectLive()
})

test('the chat reconnects by itself after a network loss and shows what was written meanwhile', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaAndBo(browser, server)
  await ada.page.context().setOffline(true)
  await expect(ada.connection).toHaveText('Offline')
  await bo.send('you missed this')
  await expect(bo.message('you missed this')).toBeVisible()
  await ada.page.context().setOffline(false)
  await ada.expectLive()
  await expect(ada.message('you missed this')).toHaveCount(1)
})

test('without a network a phone shows still that there are other rooms', async ({ browser, server }) => {
  await (await createOwnerApi(server)).createRoom('tea', 'Tea')
  const ada = await visitor(browser, server, { nick: 'Ada' })
  await ada.page.setViewportSize({ width: 390, height: 700 })
  const sign = ada.page.getByRole('button', { name: 'Other rooms' }).locator('svg')
  await expect(sign).toBeVisible()
  await ada.page.context().setOffline(true)
  await expect(ada.connection).toHaveText('Offline')
  await expect(sign).toBeVisible()
})

test('messages over the rate limit wait with an explanation and are sent by themselves', async ({
  browser,
  server,
}) => {
  await server.kill()
  await server.start({ LIMIT_MESSAGES: '3/2s' })
  const ada = await visitor(browser, server, { nick: 'Ada' })
  for (let n = 1; n <= 5; n++) await ada.send(`quick ${n}`)
  await expect(ada.page.getByText(/waiting to be sent.*slow mode/)).toBeVisible()
  await expect(ada.page.getByText('waiting to be sent')).toHaveCount(0)
  await expect(ada.messages).toContainText(['quick 1', 'quick 2', 'quick 3', 'quick 4', 'quick 5'])
})

test('a message in slow mode shows how long it waits and is sent by itself', async ({ browser, server }) => {
  test.slow()
  const ownerApi = await createOwnerApi(server)
  await ownerApi.changeRoom('lobby', { slowSeconds: 15 })
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const bo = await visitor(browser, server)
  await ada.send('first')
  await expect(bo.messages).toHaveCount(1)
  await ada.send('second')
  await expect(ada.page.getByText(/waiting to be sent.*slow mode, next in \d+ s/)).toBeVisible()
  await expect(ada.field).toBeEmpty()
  await expect(bo.messages).toContainText(['first', 'second'], { timeout: 40_000 })
  await expect(ada.page.getByText('waiting to be sent')).toHaveCount(0)
  await expect(ada.messages).toHaveCount(2)
})

test('the status “Live” disappears when the server stops answering', async ({ browser, server }) => {
  const ada = await visitor(browser, server)
  await ada.expectLive()
  server.suspend()
  await ada.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await expect(ada.connection).not.toHaveText('Live')
  server.resume()
  await ada.expectLive()
})
