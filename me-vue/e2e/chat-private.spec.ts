import { expectAccessible } from './support/axe.ts'
import { expect, openAsOwner, openTab, test, visitor } from './support/chat.ts'

const phone = { viewport: { width: 390, height: 844 } }
const note = 'Only you and'

test('a visitor writes to the owner in private, who answers; nobody else sees any of it', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const bo = await visitor(browser, server, { nick: 'Bo' })
  await ada.page.getByRole('button', { name: /^Write to .+ in private$/ }).click()
  await expect(ada.page).toHaveURL(/\/chat\/~[a-z0-9-]{22,31}$/)
  await expect(ada.page.getByText(note)).toContainText('It lives in this browser')
  await expectAccessible(ada.page)
  await ada.send('may I ask you something?')

  const owner = await openAsOwner(browser, server)
  const list = owner.page.getByRole('navigation', { name: 'Rooms' })
  const link = list.getByRole('list', { name: 'Private' }).getByRole('link', { name: /Ada/ })
  await expect(link).toHaveText(/1 new/)
  await expect(owner.page).toHaveTitle(/^\(1\) Lobby/)
  await expectAccessible(owner.page)
  await link.click()
  await expect(owner.page.getByRole('heading', { level: 1 })).toHaveText('Ada')
  await expect(owner.message('may I ask you something?')).toBeVisible()
  await expect(link).not.toHaveText(/new/)
  await owner.send('of course')
  await expect(ada.message('of course')).toBeVisible()

  await expect(bo.page.getByRole('navigation', { name: 'Rooms' })).toHaveCount(0)
  await bo.page.goto(new URL(ada.page.url()).pathname)
  await expect(bo.page.getByRole('alert')).toHaveText(/This room doesn't exist/)
  await expect(bo.page.getByText('of course')).toHaveCount(0)
})

test('the owner writes to somebody from the menu of the list, and a reply is counted while the owner reads elsewhere', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const owner = await openAsOwner(browser, server)
  await owner.page.getByRole('button', { name: 'More about Ada' }).click()
  await owner.page.getByRole('button', { name: 'Write to Ada in private' }).click()
  await expect(owner.page.getByRole('heading', { level: 1 })).toHaveText('Ada')
  await owner.send('welcome')
  const link = ada.page.getByRole('list', { name: 'Private' }).getByRole('link')
  await expect(link).toHaveText(/1 new/)
  await owner.page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'Lobby' }).click()
  await link.click()
  await expect(ada.message('welcome')).toBeVisible()
  await ada.send('thank you')
  await expect(owner.page.getByRole('list', { name: 'Private' }).getByRole('link')).toHaveText(/1 new/)
  await expect(owner.page).toHaveTitle(/^\(1\) Lobby/)
})

test('the conversation is there when the visitor comes back, who is told once where it lives', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server, { nick: 'Ada', ...phone })
  await ada.page.getByRole('button', { name: /here/ }).first().click()
  await ada.page.getByRole('button', { name: /^Write to .+ in private$/ }).click()
  await expect(ada.page.getByText(note)).toContainText('It lives in this browser')
  await ada.send('see you tomorrow')
  await expect(ada.message('see you tomorrow')).toBeVisible()
  const address = ada.page.url()
  await ada.page.close()
  const again = await openTab(ada.page.context())
  await again.page.getByRole('button', { name: 'Other rooms' }).click()
  await again.page.getByRole('list', { name: 'Private' }).getByRole('link').click()
  await expect(again.page).toHaveURL(address)
  await expect(again.message('see you tomorrow')).toBeVisible()
  await expect(again.page.getByText(note)).not.toContainText('It lives in this browser')
  await again.page.reload()
  await expect(again.message('see you tomorrow')).toBeVisible()
})
