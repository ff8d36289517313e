import { createRedeployProxy } from '../e2e/support/redeploy-proxy.ts'
import { connectOwner, connectVisitor, signIn } from './support/chat-client.ts'
import { NOW, expect, test } from './support/tour.ts'

test.use({ baseURL: async ({ server }, use) => use(server.url), timezoneId: 'UTC' })
test.beforeEach(({ page }) => page.clock.setFixedTime(NOW))

test('the home page with and without people in the chat', async ({ page, server, picture }) => {
  await page.goto('/')
  await expect(page.getByText('Nobody is here just now')).toBeVisible()
  await picture(page, 'home-empty')
  await Promise.all([
    connectOwner(server),
    connectVisitor(server, 'otter'),
    connectVisitor(server, 'nordlys'),
  ])
  // The page requests the presence at most every few seconds.
  await expect(async () => {
    await page.reload()
    await expect(page.getByText('The owner and 2 others are here right now')).toBeVisible({ timeout: 1_000 })
  }).toPass()
  await picture(page, 'home')
})

test('the home page when the server does not answer', async ({ page, picture }) => {
  // Unlike a document of the server, this one comes without the presentation.
  await page.goto('/index.html')
  await page.route('**/api{,/**}', (route) => route.abort())
  await page.getByRole('navigation').getByRole('link', { name: 'Home' }).click()
  await expect(page.getByRole('heading', { name: /server doesn't answer/ })).toBeVisible()
  await picture(page, 'home-unreachable')
})

test('the home page and a report while they load', async ({ page, picture }) => {
  await page.route('**/api{,/reports,/reports/week/*}', () => new Promise(() => undefined))
  await page.goto('/')
  await picture(page, 'home-loading')
  await page.goto('/reports/week/5')
  await picture(page, 'report-loading')
})

test('reports, a report, and a week without one', async ({ page, picture }) => {
  await page.goto('/reports')
  await expect(page.getByRole('link', { name: /One log/ })).toBeVisible()
  await picture(page, 'reports')
  await page.goto('/reports/week/5')
  await expect(page.getByRole('table')).toBeVisible()
  await picture(page, 'report')
  await page.getByRole('table').scrollIntoViewIfNeeded()
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
  await picture(page, 'report-end')
  await page.goto('/reports/week/7')
  await expect(page.getByRole('heading', { name: 'No report for that week.' })).toBeVisible()
  await picture(page, 'report-missing')
})

test('what is said beside a report', async ({ page, server, picture }) => {
  const otter = await connectVisitor(server, 'otter')
  const about = {
    path: '/reports/week/5',
    quote: { exact: 'That is one sync, and a sync is slow', prefix: '', suffix: ', so the writes' },
  }
  const question = await otter.send('How slow is it on a small server?', { about })
  const owner = await connectOwner(server)
  await owner.send('Five milliseconds on mine. The *log* of SQLite helps a little.', { replyTo: question.id })
  await otter.send('And on the whole: thank you for the figures.', { about: { path: about.path } })
  await page.goto('/reports/week/5')
  await page.getByRole('button', { name: /^2 messages about/ }).click()
  await expect(page.getByRole('dialog').getByText('Five milliseconds')).toBeVisible()
  await page.mouse.move(0, 0)
  await picture(page, 'report-talk')
})

test('sign-in, a refused sign-in, and registration', async ({ page, picture }) => {
  await page.goto('/sign-in')
  await expect(page.getByLabel('E-mail')).toBeVisible()
  await picture(page, 'sign-in')
  await page.getByLabel('E-mail').fill('somebody@example.org')
  await page.getByLabel('Password', { exact: true }).fill('not the right one')
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('Wrong e-mail or password.')).toBeVisible()
  await picture(page, 'sign-in-refused')
  await page.goto('/register')
  await page.getByLabel('E-mail').fill('somebody')
  await page.getByRole('main').getByRole('button', { name: 'Register' }).click()
  await picture(page, 'register-refused')
})

test('an unknown address', async ({ page, picture }) => {
  await page.goto('/nowhere/at/all')
  await expect(page.getByRole('heading', { name: 'Nobody lives at this address.' })).toBeVisible()
  await picture(page, 'lost')
})

test('the owner’s editors', async ({ page, server, picture }) => {
  await signIn(page.context(), server)
  await page.goto('/')
  await expect(page.getByRole('link', { name: 'Edit' })).toBeVisible()
  await picture(page, 'home-owner')
  await page.goto('/edit')
  await expect(page.getByLabel('Headline')).not.toHaveValue('')
  await picture(page, 'editor-presentation')
  await page.getByRole('button', { name: 'Add link' }).scrollIntoViewIfNeeded()
  await picture(page, 'editor-presentation-links')
  await page.goto('/reports/week/5/edit')
  await expect(page.getByLabel('Title')).not.toHaveValue('')
  await picture(page, 'editor-report')
  await page.goto('/reports/new')
  await page.getByLabel('Title').fill('Half a thought')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Check the marked fields.')).toBeVisible()
  await picture(page, 'editor-report-refused')
})

test('the owner’s page for programs', async ({ page, server, picture }) => {
  await signIn(page.context(), server)
  await page.goto('/integrations')
  await page.getByRole('button', { name: 'Add a bot' }).click()
  await page.getByLabel('Name', { exact: true }).fill('builds')
  await page.getByRole('button', { name: 'Make the bot' }).click()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Add a webhook' }).click()
  await page.getByLabel('Address', { exact: true }).fill('https://ntfy.example.org/me')
  await page.getByRole('button', { name: 'Make the webhook' }).click()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.evaluate(() => scrollTo(0, 0))
  await picture(page, 'integrations')
})

test.describe('the site with a service worker', () => {
  test.use({ serviceWorkers: 'allow' })

  test('announces a new version', async ({ page, server, picture }) => {
    const proxy = await createRedeployProxy(server)
    await page.goto(proxy.url)
    await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated')
    proxy.deploy()
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update())
    await expect(page.getByText('A new version is available.')).toBeVisible()
    await picture(page, 'new-version')
    proxy.close()
  })
})
