import { expectAccessible } from './support/axe.ts'
import { expect, test, visitor } from './support/chat.ts'
import { ownerAccount } from './support/server.ts'
import { signIn } from './support/test.ts'

test('the signed-in owner enters without a nick, and the lamp is on while they are there', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const here = ada.page.getByRole('complementary')
  await expect(here).toContainText('The lamp is off')

  const owner = await visitor(browser, server)
  await signIn(owner.page, ownerAccount)
  await owner.page.getByRole('link', { name: /^Chat/ }).click()
  await expect(owner.field).toHaveAccessibleName('Message')
  await owner.send('welcome in')
  await expect(ada.message('welcome in')).toContainText('owner')
  await expect(here.getByRole('listitem').first()).toContainText('owner')
  await expect(here).toContainText('The lamp is on')
  await expect(ada.page.getByRole('banner')).toContainText(/the lamp is on/i)
  for (const colorScheme of ['light', 'dark'] as const) {
    await ada.page.emulateMedia({ colorScheme })
    await expectAccessible(ada.page)
  }
})

test('the owner becomes a reader without a reload after signing out', async ({ browser, server }) => {
  const owner = await visitor(browser, server)
  await owner.expectLive()
  await expect(owner.field).toHaveAccessibleName(/Pick a nick/)
  await signIn(owner.page, ownerAccount)
  await owner.page.getByRole('link', { name: /^Chat/ }).click()
  await expect(owner.field).toHaveAccessibleName('Message')
  await owner.page.getByRole('link', { name: 'Home', exact: true }).click()
  await owner.page.getByRole('button', { name: 'Sign out' }).click()
  await owner.page.getByRole('link', { name: /^Chat/ }).click()
  await expect(owner.field).toHaveAccessibleName(/Pick a nick/)
  await owner.expectLive()
})
