import type { Page } from '@playwright/test'
import { expect, test, visitor } from './support/chat.ts'
import { inFrontOf } from './support/redeploy.ts'

/** The service worker has kept the site and answers for this page. */
const settled = (page: Page) =>
  expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated')

test.use({ serviceWorkers: 'allow' })

test('the site can be installed: it has a manifest, its icons and a service worker', async ({
  page,
  house,
}) => {
  await page.goto(house.url)
  await settled(page)
  const href = await page.locator('link[rel="manifest"]').getAttribute('href')
  const manifest = await (await page.request.get(house.url + href)).json()
  expect(manifest.shortcuts).toContainEqual(expect.objectContaining({ url: '/chat' }))
  for (const { src, type } of manifest.icons) {
    const picture = await page.request.get(house.url + src)
    expect(picture.headers()['content-type']).toContain(type)
  }
  const session = await page.context().newCDPSession(page)
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  // A test's browser context is a private window.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito'])
})

test('the home page and the chat open from the cache when the server is down', async ({ page, house }) => {
  await page.goto(house.url)
  await settled(page)
  await house.kill()
  await page.reload()
  await expect(
    page.getByRole('heading', { name: "The house is here, but the server doesn't answer." }),
  ).toBeVisible()
  await expect(page).toHaveTitle('Home')
  await page.getByRole('navigation').getByRole('link', { name: 'Reports' }).click()
  await expect(page.getByRole('heading', { name: 'Weekly reports' })).toBeVisible()
  await page.goto(`${house.url}/chat`)
  await expect(page.getByRole('heading', { name: 'Lobby' })).toBeVisible()
  await house.start()
  await expect(page.locator('header').getByRole('status')).toHaveText('Live')
})

test('the last messages can be read while the server is down', async ({ browser, house }) => {
  const ada = await visitor(browser, house)
  await ada.comeIn('Ada')
  await ada.say('see you in the tunnel')
  await ada.say('not for keeps')
  await expect(ada.message('not for keeps')).toBeVisible()
  await settled(ada.page)
  const [mine] = await ada.page.evaluate(async () => {
    const answer = await fetch('/api/chat/rooms/lobby/messages')
    return (await answer.json()).data.messages.slice(-1)
  })
  await house.script('Bo', ['bye'])
  await ada.message('not for keeps').hover()
  await ada.message('not for keeps').getByRole('button', { name: 'Delete' }).click()
  await expect
    .poll(async () => (await ada.page.request.get(`/api/chat/messages/${mine.id}`)).json())
    .toMatchObject({
      data: { text: '' },
    })
  await house.kill()
  await ada.page.reload()
  await expect(ada.message('see you in the tunnel')).toBeVisible()
  await expect(ada.message('bye')).toBeVisible()
  await expect(ada.message('not for keeps')).toBeHidden()
  await expect(ada.connection).not.toHaveText('Live')
  await expect(ada.page.getByRole('button', { name: 'Delete' })).toBeHidden()

  await ada.field.fill('written before anybody knows who writes')
  await ada.field.press('Enter')
  await expect(ada.message('written before').getByText('you', { exact: true })).toBeVisible()
  const home = ada.page.getByRole('banner').getByRole('link').first()
  await expect(home).not.toHaveText('Your Name')

  await house.start()
  await ada.live()
  await expect(ada.message('see you in the tunnel')).toHaveCount(1)
  await expect(ada.message('written before').getByText('you', { exact: true })).toBeHidden()
  await expect(home).toHaveText('Your Name')
})

test('pages come from the server, with their own titles, when it is up', async ({ page, house }) => {
  await page.goto(house.url)
  await settled(page)
  const answer = await page.goto(`${house.url}/chat`)
  expect(await answer?.text()).toContain('<title>Chat – ')
})

test('the service worker does not answer requests for the API, the feed and other server files', async ({
  page,
  house,
}) => {
  await page.goto(house.url)
  await settled(page)
  const paths = ['/api', '/api/reports', '/feed.xml', '/robots.txt', '/sitemap.xml', '/healthz', '/readyz']
  const reach = () =>
    page.evaluate(
      (all) =>
        Promise.all(
          all.map((path) =>
            fetch(path).then(
              ({ ok }) => ok,
              () => false,
            ),
          ),
        ),
      [...paths, '/metrics', '/socket.io/?EIO=4&transport=polling', '/site.webmanifest'],
    )
  expect(await reach()).not.toContain(false)
  await house.kill()
  expect(await reach()).not.toContain(true)
  const kept = await page.evaluate(async () => {
    const caches = await window.caches.keys()
    const requests = await Promise.all(caches.map(async (name) => (await window.caches.open(name)).keys()))
    return requests.flat().map(({ url }) => new URL(url).pathname)
  })
  expect(kept.filter((path) => !path.startsWith('/assets/'))).toEqual(['/index.html'])
  await expect(page.goto(`${house.url}/feed.xml`)).rejects.toThrow()
})

test('a new version is loaded only when the user reloads, and the draft is kept', async ({
  browser,
  house,
}) => {
  const front = await inFrontOf(house)
  const ada = await visitor(browser, { ...house, url: front.url })
  await ada.comeIn('Ada')
  await settled(ada.page)
  await ada.field.fill('half a sentence')
  await ada.page.evaluate(() => Object.assign(window, { thisTab: true }))

  front.deploy()
  await ada.page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update())
  const word = ada.page.getByText('A new version is available.')
  await expect(word).toBeVisible()
  await expect(ada.field).toHaveValue('half a sentence')
  expect(await ada.page.evaluate(() => 'thisTab' in window)).toBe(true)

  await ada.page.getByRole('button', { name: 'Reload' }).click()
  await expect.poll(() => ada.page.evaluate(() => 'thisTab' in window).catch(() => true)).toBe(false)
  await ada.live()
  await expect(ada.field).toHaveValue('half a sentence')
  await expect(word).toBeHidden()
  front.close()
})

test.describe('a tab of an older version', () => {
  test.use({ serviceWorkers: 'block' })

  for (const moment of ['at its start', 'later'])
    test(`says that there is a new version when one of its files is missing ${moment}`, async ({
      browser,
      house,
    }) => {
      const ada = await visitor(browser, house)
      await ada.comeIn('Ada')
      await ada.say('hello')
      await ada.page.route('**/assets/EmojiPicker-*.js', (route) => route.fulfill({ status: 404 }))
      await ada.page.route(`${house.url}/`, (route) =>
        route.fulfill({ body: '<title>Another build</title>' }),
      )
      // What tells of new versions comes once the page stands; what is lost earlier is not forgotten.
      const start = Promise.withResolvers<void>()
      const teller = ada.page.waitForResponse('**/assets/NewVersion-*.js')
      await ada.page.route('**/assets/NewVersion-*.js', async (route) => {
        if (moment === 'at its start') await start.promise
        await route.continue()
      })
      await ada.page.reload()
      if (moment === 'later') await teller
      await ada.message('hello').hover()
      await ada.message('hello').getByRole('button', { name: 'Add reaction' }).click()
      start.resolve()
      await expect(ada.page.getByText('A new version is available.')).toBeVisible()
      await ada.page.getByRole('button', { name: 'Reload' }).click()
      await ada.live()
      await expect(ada.page.getByText('A new version is available.')).toBeHidden()
    })
})
