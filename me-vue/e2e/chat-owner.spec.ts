import { AxeBuilder } from '@axe-core/playwright'
import { expect, test, visitor } from './support/chat.ts'
import { owner } from './support/server.ts'
import { signIn } from './support/test.ts'

test('the signed-in owner enters without a nick, and the lamp is on while they are there', async ({
  browser,
  house,
}) => {
  const ada = await visitor(browser, house)
  await ada.comeIn('Ada')
  const here = ada.page.getByRole('complementary')
  await expect(here).toContainText('The lamp is off')

  const home = await visitor(browser, house)
  await signIn(home.page, owner)
  await home.page.getByRole('link', { name: /^Chat/ }).click()
  await expect(home.field).toHaveAccessibleName('Message')
  await home.say('welcome in')
  await expect(ada.message('welcome in')).toContainText('owner')
  await expect(here.getByRole('listitem').first()).toContainText('owner')
  await expect(here).toContainText('The lamp is on')
  await expect(ada.page.getByRole('banner')).toContainText(/the lamp is on/i)
  for (const colorScheme of ['light', 'dark'] as const) {
    await ada.page.emulateMedia({ colorScheme })
    expect((await new AxeBuilder({ page: ada.page }).analyze()).violations).toEqual([])
  }
})

test('the owner becomes a reader without a reload after signing out', async ({ browser, house }) => {
  const home = await visitor(browser, house)
  await home.live()
  await expect(home.field).toHaveAccessibleName(/Pick a nick/)
  await signIn(home.page, owner)
  await home.page.getByRole('link', { name: /^Chat/ }).click()
  await expect(home.field).toHaveAccessibleName('Message')
  await home.page.getByRole('link', { name: 'Home', exact: true }).click()
  await home.page.getByRole('button', { name: 'Sign out' }).click()
  await home.page.getByRole('link', { name: /^Chat/ }).click()
  await expect(home.field).toHaveAccessibleName(/Pick a nick/)
  await home.live()
})
