import type { Page } from '@playwright/test'
import { expect, test, visitor } from './support/chat.ts'
import { launchOptions } from './support/chromium.ts'
import { createRedeployProxy } from './support/redeploy-proxy.ts'

/** Waits until the service worker has cached the site and controls this page. */
const expectActiveWorker = (page: Page) =>
  expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated')

test.use({ serviceWorkers: 'allow', launchOptions: launchOptions() })

test('the site can be installed: it has a manifest, its icons and a service worker', async ({
  page,
  server,
}) => {
  await page.goto(server.url)
  await expectActiveWorker(page)
  const href = await page.locator('link[rel="manifest"]').getAttribute('href')
  const manifest = await (await page.request.get(server.url + href)).json()
  expect(manifest.shortcuts).toContainEqual(expect.objectContaining({ url: '/chat' }))
  for (const { src, type } of manifest.icons) {
    const picture = await page.request.get(server.url + src)
    expect(picture.headers()['content-type']).toContain(type)
  }
  const session = await page.context().newCDPSession(page)
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  // The context of a test counts as a private window.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito'])
})

test('the home page and the chat open from the cache when the server is down', async ({ page, server }) => {
  await page.goto(server.url)
  await expectActiveWorker(page)
  await server.kill()
  await page.reload()
  await expect(page.getByRole('main').getByText('As of')).toBeVisible()
  await expect(page).toHaveTitle(/^Your Name/)
  await page.getByRole('navigation').getByRole('link', { name: 'Reports' }).click()
  await expect(page.getByRole('heading', { name: 'Weekly reports' })).toBeVisible()
  await page.goto(`${server.url}/chat`)
  await expect(page.getByRole('heading', { name: 'Lobby' })).toBeVisible()
  await server.start()
  await expect(page.locator('header').getByRole('status')).toHaveText('Live')
})

test('the last messages can be read while the server is down', async ({ browser, server }) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  await ada.send('see you in the tunnel')
  await ada.send('not for keeps')
  await expect(ada.message('not for keeps')).toBeVisible()
  await expectActiveWorker(ada.page)
  const [lastMessage] = await ada.page.evaluate(async () => {
    const answer = await fetch('/api/chat/rooms/lobby/messages')
    return (await answer.json()).data.messages.slice(-1)
  })
  await server.postMessages('Bo', ['bye'])
  await ada.message('not for keeps').hover()
  await ada.message('not for keeps').getByRole('button', { name: 'Delete' }).click()
  await expect
    .poll(async () => (await ada.page.request.get(`/api/chat/messages/${lastMessage.id}`)).json())
    .toMatchObject({
      data: { text: '' },
    })
  await server.kill()
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
  await expect(home).toHaveText('Your Name')

  await server.start()
  await ada.expectLive()
  await expect(ada.message('see you in the tunnel')).toHaveCount(1)
  await expect(ada.message('written before').getByText('you', { exact: true })).toBeHidden()
  await expect(home).toHaveText('Your Name')
})

test('pages come from the server, with their own titles, when it is up', async ({ page, server }) => {
  await page.goto(server.url)
  await expectActiveWorker(page)
  const answer = await page.goto(`${server.url}/chat`)
  expect(await answer?.text()).toContain('<title>Lobby – ')
})

test('the service worker does not answer requests for the API, the feed and other server files', async ({
  page,
  server,
}) => {
  await page.goto(server.url)
  await expectActiveWorker(page)
  const paths = ['/api', '/api/reports', '/feed.xml', '/robots.txt', '/sitemap.xml', '/healthz', '/readyz']
  const reachable = () =>
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
  expect(await reachable()).not.toContain(false)
  await server.kill()
  expect(await reachable()).not.toContain(true)
  const kept = await page.evaluate(async () => {
    const caches = await window.caches.keys()
    const requests = await Promise.all(caches.map(async (name) => (await window.caches.open(name)).keys()))
    return requests.flat().map(({ url }) => new URL(url).pathname)
  })
  expect(kept.filter((path) => !path.startsWith('/assets/')).toSorted()).toEqual([
    '/',
    '/index.html',
    '/reports',
  ])
  await expect(page.goto(`${server.url}/feed.xml`)).rejects.toThrow()
})

test('a new version is loaded only when the user reloads, and the draft is kept', async ({
  browser,
  server,
}) => {
  const proxy = await createRedeployProxy(server)
  const ada = await visitor(browser, { ...server, url: proxy.url }, { nick: 'Ada' })
  await expectActiveWorker(ada.page)
  await ada.field.fill('half a sentence')
  await ada.page.evaluate(() => Object.assign(window, { thisTab: true }))

  proxy.deploy()
  await ada.page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update())
  const notice = ada.page.getByText('A new version is available.')
  await expect(notice).toBeVisible()
  await expect(ada.field).toHaveValue('half a sentence')
  expect(await ada.page.evaluate(() => 'thisTab' in window)).toBe(true)

  await ada.page.getByRole('button', { name: 'Reload' }).click()
  await expect.poll(() => ada.page.evaluate(() => 'thisTab' in window).catch(() => true)).toBe(false)
  await ada.expectLive()
  await expect(ada.field).toHaveValue('half a sentence')
  await expect(notice).toBeHidden()
  proxy.close()
})

test.describe('a tab of an older version', () => {
  test.use({ serviceWorkers: 'block' })

  for (const moment of ['at its start', 'later'])
    test(`says that there is a new version when one of its files is missing ${moment}`, async ({
      browser,
      server,
    }) => {
      const ada = await visitor(browser, server, { nick: 'Ada' })
      await ada.send('hello')
      await ada.page.route('**/assets/EmojiPicker-*.js', (route) => route.fulfill({ status: 404 }))
      await ada.page.route(`${server.url}/`, (route) =>
        route.fulfill({ body: '<title>Another build</title>' }),
      )
      // The code for new versions loads after the page has started; an earlier missing file is remembered until then.
      const start = Promise.withResolvers<void>()
      const newVersionLoaded = ada.page.waitForResponse('**/assets/NewVersion-*.js')
      await ada.page.route('**/assets/NewVersion-*.js', async (route) => {
        if (moment === 'at its start') await start.promise
        await route.continue()
      })
      await ada.page.reload()
      if (moment === 'later') await newVersionLoaded
      await ada.message('hello').hover()
      await ada.message('hello').getByRole('button', { name: 'Add reaction' }).click()
      start.resolve()
      await expect(ada.page.getByText('A new version is available.')).toBeVisible()
      await ada.page.getByRole('button', { name: 'Reload' }).click()
      await ada.expectLive()
      await expect(ada.page.getByText('A new version is available.')).toBeHidden()
    })
})
