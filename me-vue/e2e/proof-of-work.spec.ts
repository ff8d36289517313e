import { expect, test, visitor } from './support/chat.ts'

test('a visitor enters the chat with a proof of work, and a notice says what they wait for', async ({
  browser,
  server,
}) => {
  await server.kill()
  await server.start({ PROOF_OF_WORK: 'on' })
  const { page, field, expectLive, send, message } = await visitor(browser, server)
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await page.route('/api/chat/challenge', async (route) => {
    await released
    await route.continue()
  })
  await expectLive()
  await field.fill('Ada')
  await field.press('Enter')
  await expect(page.getByText('Checking that you are not a bot')).toBeVisible()
  release()
  await expect(field).toHaveAccessibleName('Message')
  await send('hej')
  await expect(message('hej')).toContainText('Ada')

  await page.reload()
  await expectLive()
  await send('still me')
  await expect(message('still me')).toContainText('Ada')
})

test('the proof of work stops when the visitor leaves the chat, and starts again later', async ({
  browser,
  server,
}) => {
  await server.kill()
  await server.start({ PROOF_OF_WORK: 'on' })
  const { page, field, expectLive } = await visitor(browser, server)
  let isHeld = true
  await page.route('/api/chat/challenge', (route) => (isHeld ? undefined : route.continue()))
  await expectLive()
  await field.fill('Ada')
  await field.press('Enter')
  await expect(page.getByText('Checking that you are not a bot')).toBeVisible()
  await page.getByRole('link', { name: 'Reports' }).first().click()
  await expect(page).toHaveURL(/\/reports/)
  isHeld = false
  await page.getByRole('link', { name: /Chat/ }).first().click()
  await expectLive()
  await expect(page.getByText('Checking that you are not a bot')).toHaveCount(0)
  await field.fill('Ada')
  await field.press('Enter')
  await expect(field).toHaveAccessibleName('Message')
})

test('registration computes a proof of work by itself after many new visitors', async ({
  browser,
  server,
}) => {
  await server.kill()
  await server.start({ TRUST_PROXY: '1' })
  for (let n = 0; n < 30; n += 1)
    await fetch(`${server.url}/api/chat/visitors`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': `10.0.${n}.1` },
      body: JSON.stringify({ nick: `guest ${n}` }),
    })
  const { page } = await visitor(browser, server)
  const proofs: boolean[] = []
  page.on('request', (request) => {
    if (!request.url().endsWith('/api/register')) return
    proofs.push(Boolean((request.postDataJSON() as { proof?: string | null }).proof))
  })
  await page.goto('/register')
  await page.getByLabel('Nick').fill('Ada')
  await page.getByLabel('E-mail').fill('ada@example.org')
  await page.getByLabel('Password', { exact: true }).fill('long enough now')
  await page.getByRole('button', { name: 'Register' }).click()
  await expect(page.getByRole('contentinfo').getByText('Signed in as Ada')).toBeVisible()
  expect(proofs).toEqual([false, true])
})
