import type { Page } from '@playwright/test'
import { expectAccessible, expectNoOverflow } from './support/axe.ts'
import { chatOn, visitor, test as chatTest } from './support/chat.ts'
import { expect, newMember, signIn, test } from './support/test.ts'

const phone = { width: 390, height: 844 }

/** Signs a new member in and opens the account page. */
async function memberOnAccountPage(page: Page) {
  const member = await newMember(page)
  await signIn(page, member)
  await page.goto('/account')
  return member
}

test('nick and e-mail are changed with the password, and each refusal stands at its field', async ({
  page,
}) => {
  const member = await memberOnAccountPage(page)
  const form = page.getByRole('region', { name: 'Nick and e-mail' })
  const [nick, email] = [form.getByLabel('Nick'), form.getByLabel('E-mail')]
  const password = form.getByLabel('Your password, to confirm')
  const save = form.getByRole('button', { name: 'Save' })
  await expect(nick).toHaveValue(member.nick)
  await expect(email).toHaveValue(member.email)

  await nick.fill('moderator')
  await password.fill(member.password)
  await save.click()
  await expect(nick).toHaveAccessibleDescription(/reserved/)
  await expect(nick).toBeFocused()
  await nick.fill(`new ${member.nick}`)
  await password.fill('not this one')
  await save.click()
  await expect(password).toHaveAccessibleDescription('That is not your current password.')
  await password.fill(member.password)
  await email.fill('owner@example.org')
  await save.click()
  await expect(email).toHaveAccessibleDescription(/already an account/)
  await email.fill(`new-${member.email}`)
  await password.press('Enter')
  await expect(form.getByText('Saved.')).toBeVisible()
  await expect(password).toHaveValue('')
  await expect(page.getByText(`new ${member.nick}, new-${member.email}`)).toBeVisible()
  await expect(page.getByRole('contentinfo').getByText(`Signed in as new ${member.nick}`)).toBeVisible()
})

test('a session gets a name, which stays, by keyboard too', async ({ page }) => {
  await memberOnAccountPage(page)
  const sessions = page.getByRole('region', { name: 'Where you are signed in' }).getByRole('listitem')
  const session = sessions.filter({ hasText: 'This browser' })
  const giveName = session.getByRole('button', { name: /^Give it a name.*Chrome/ })
  await giveName.press('Enter')
  const field = session.getByLabel('Name')
  await expect(field).toBeFocused()
  await field.press('Escape')
  await expect(giveName).toBeFocused()
  await giveName.click()
  await field.fill('  ')
  await field.press('Enter')
  await expect(field).toHaveAccessibleDescription('Between 1 and 40 characters.')
  await field.fill('Phone')
  await field.press('Enter')
  await expect(session).toHaveText(/^PhoneThis browser.*Chrome, .*Last used today, \d\d:\d\d/)
  await expect(page.getByText('Name saved.')).toBeVisible()
  await page.reload()
  await expect(session).toContainText('Phone')
})

test('signing out everywhere ends every session, after a question', async ({ page, browser, siteUrl }) => {
  const member = await memberOnAccountPage(page)
  const other = await browser.newPage({ baseURL: siteUrl })
  await signIn(other, member)
  const signOut = page.getByRole('button', { name: 'Sign out everywhere' })
  await signOut.click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(signOut).toBeFocused()
  await signOut.click()
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect(page.getByRole('main').getByRole('link', { name: 'Sign in' })).toBeVisible()
  const heading = page.getByRole('heading', { level: 1, name: 'You are signed out.' })
  await expect(heading).toBeFocused()
  for (const tab of [page, other]) {
    await tab.reload()
    await expect(tab.getByRole('contentinfo').getByRole('link', { name: 'Sign in' })).toBeVisible()
  }
  await other.close()
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the account page of a member passes axe with everything open, and fits a phone, ${colorScheme}`, async ({
    page,
  }) => {
    test.slow()
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize(phone)
    await memberOnAccountPage(page)
    await page
      .getByRole('button', { name: /^Give it a name.*Chrome/ })
      .first()
      .click()
    await page.getByRole('button', { name: 'Delete account…' }).click()
    await expectAccessible(page)
    await expectNoOverflow(page)
    await page.setViewportSize({ width: 320, height: 640 })
    await expectNoOverflow(page)
    for (const choice of await page.getByRole('radio').all())
      expect(
        (await page.locator(`label[for="${await choice.getAttribute('id')}"]`).boundingBox())?.height,
      ).toBeGreaterThanOrEqual(24)
  })

test('the form to delete the account can be put away again, and the focus follows', async ({ page }) => {
  await memberOnAccountPage(page)
  const begin = page.getByRole('button', { name: 'Delete account…' })
  const form = page.getByRole('region', { name: 'Delete account' })
  const [keep, erase] = [form.getByRole('radio').first(), form.getByRole('radio').last()]
  const password = form.getByLabel('Password', { exact: true })
  for (const cancel of [
    () => form.getByRole('button', { name: 'Cancel' }).press('Enter'),
    () => password.press('Escape'),
  ]) {
    await begin.press('Enter')
    await expect(keep).toBeFocused()
    await expect(keep).toBeChecked()
    await expect(password).toHaveValue('')
    await erase.check()
    await password.fill('a guess of mine')
    await cancel()
    await expect(begin).toBeFocused()
  }
})

test('every form with a password tells password managers whose it is', async ({ page }) => {
  const { email } = await memberOnAccountPage(page)
  for (const name of ['Turn on', 'Delete account…']) await page.getByRole('button', { name }).click()
  const forms = page.locator('form', { has: page.locator('[autocomplete=current-password]') })
  await expect(forms).toHaveCount(4)
  for (const form of await forms.all())
    await expect(form.locator('[autocomplete=username]')).toHaveValue(email)
})

test('the owner’s account cannot be deleted on the page', async ({ page }) => {
  await signIn(page)
  await page.goto('/account')
  await expect(page.getByRole('heading', { name: 'Nick and e-mail' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Delete account' })).toHaveCount(0)
})

chatTest(
  'who deletes their account is shown as “somebody who left” to those in the chat',
  async ({ browser, server }) => {
    chatTest.slow()
    const bo = await visitor(browser, server, { nick: 'Bo' })
    const ada = await visitor(browser, server, { viewport: phone })
    const member = await newMember(ada.page)
    await signIn(ada.page, member)
    await ada.page.goto('/chat')
    await expect(ada.field).toHaveAccessibleName('Message')
    await ada.send('what I leave behind')
    const left = bo.message('what I leave behind')
    await expect(left).toContainText(member.nick)
    await left.hover()
    await left.getByRole('button', { name: 'Reply' }).click()
    await bo.send('an answer to that')

    await ada.page.goto('/account')
    await ada.page.getByRole('button', { name: 'Delete account…' }).click()
    const form = ada.page.getByRole('region', { name: 'Delete account' })
    await expect(form.getByRole('radio', { name: 'Keep it, without my name' })).toBeChecked()
    const deletion = form.getByRole('button', { name: 'Delete account' })
    await form.getByLabel('Password', { exact: true }).fill('not this one')
    await deletion.click()
    const really = ada.page.getByRole('dialog').getByRole('button', { name: 'Delete account' })
    await really.click()
    await expect(form.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(
      'That is not your current password.',
    )
    await form.getByLabel('Password', { exact: true }).fill(member.password)
    await deletion.click()
    await really.click()
    await expect(ada.page.getByRole('heading', { level: 1 })).toHaveText('Your account is deleted.')
    await expect(ada.page.getByRole('heading', { level: 1 })).toBeFocused()
    await expect(ada.page.getByRole('contentinfo').getByRole('link', { name: 'Sign in' })).toBeVisible()

    await expect(left.first().getByText('somebody who left')).toBeVisible()
    await expect(bo.message('an answer to that').getByRole('blockquote')).toHaveText(
      /somebody who left: what I leave behind/,
    )
    await expect(bo.page.getByText(member.nick)).toHaveCount(0)
    // Nobody can speak to who has left.
    await bo.field.fill('@so')
    await expect(bo.page.getByRole('listbox')).toHaveCount(0)
    await bo.field.fill('')
    await bo.page.getByRole('button', { name: 'Search' }).click()
    await bo.page.getByRole('searchbox').fill('behind')
    await expect(bo.page.getByRole('link', { name: /somebody who left.*what I leave behind/ })).toBeVisible()
  },
)

chatTest('with the messages the account takes them along', async ({ browser, server }) => {
  const bo = await visitor(browser, server)
  const ada = await visitor(browser, server)
  const member = await newMember(ada.page)
  await signIn(ada.page, member)
  await ada.page.goto('/chat')
  await ada.send('gone with me')
  await expect(bo.message('gone with me')).toBeVisible()
  await ada.page.goto('/account')
  await ada.page.getByRole('button', { name: 'Delete account…' }).click()
  const form = ada.page.getByRole('region', { name: 'Delete account' })
  await form.getByRole('radio', { name: 'Delete it too' }).check()
  await form.getByLabel('Password', { exact: true }).fill(member.password)
  await form.getByLabel('Password', { exact: true }).press('Enter')
  await expect(ada.page.getByText('Your messages are deleted too.')).toBeVisible()
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Delete account' }).click()
  await expect(bo.message('gone with me')).toHaveCount(0)
})

chatTest(
  'a visitor signs out everywhere where their data is, and is a reader again in every tab',
  async ({ browser, server }) => {
    chatTest.slow()
    const ada = await visitor(browser, server, { nick: 'Ada' })
    await ada.send('said before')
    const data = await ada.page.context().newPage()
    await data.goto('/privacy')
    const signOut = data.getByRole('button', { name: 'Sign out everywhere' })
    await expect(data.getByText('do that first', { exact: false })).toBeVisible()
    await expectAccessible(data)
    await signOut.click()
    await data.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click()
    await expect(data.getByText('You are signed out everywhere.')).toBeVisible()
    await expect(signOut).toHaveCount(0)
    await expect(ada.field).toHaveAccessibleName(/nick/i)
    await expect(ada.message('said before')).toContainText('Ada')
    // The nick is free for somebody else.
    await visitor(browser, server, { nick: 'Ada' })
    const again = chatOn(data)
    await data.goto('/chat')
    await expect(again.field).toHaveAccessibleName(/nick/i)
  },
)
