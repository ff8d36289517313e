import { readFile } from 'node:fs/promises'
import type { BrowserContext } from '@playwright/test'
import { visitor, test as chatTest } from './support/chat.ts'
import { expect, newMember, signIn, test } from './support/test.ts'

/** Collects the hosts to which the pages of this browser send requests or open sockets. */
function requestedHosts(context: BrowserContext): Set<string> {
  const hosts = new Set<string>()
  const add = (url: string) => {
    if (!/^(data|blob):/.test(url)) hosts.add(new URL(url).host)
  }
  context.on('request', (request) => add(request.url()))
  context.on('page', (page) => page.on('websocket', (socket) => add(socket.url())))
  return hosts
}

test('pages send requests only to this server', async ({ context, page, publish, siteUrl }) => {
  test.slow()
  const text = '![a picture](https://elsewhere.example/a.png) [a link](https://elsewhere.example/)'
  await publish({ week: 7, title: 'With a picture', text })
  const hosts = requestedHosts(context)
  // The page opened before the listener above was added.
  page.on('websocket', (socket) => hosts.add(new URL(socket.url()).host))
  const publicPaths = [
    '/',
    '/reports',
    '/reports/week/7',
    '/sign-in',
    '/register',
    '/privacy',
    '/transports',
    '/account',
    '/nowhere',
  ]
  for (const path of [...publicPaths, '/api/docs']) {
    await page.goto(path, { waitUntil: 'networkidle' })
    await expect(page.locator('body')).not.toBeEmpty()
  }
  await signIn(page)
  for (const path of ['/', '/edit', '/reports/new', '/reports/week/7/edit', '/account', '/privacy'])
    await page.goto(path, { waitUntil: 'networkidle' })

  await page.goto('/chat')
  const field = page.getByRole('textbox')
  await expect(field).toHaveAccessibleName('Message')
  await field.fill('![look](https://elsewhere.example/b.png) and `code` https://elsewhere.example/c.png')
  await field.press('Enter')
  await expect(page.getByRole('article').getByRole('link').first()).toBeVisible()
  await page.reload()
  await expect(page.getByRole('article').first()).toBeVisible()

  expect([...hosts]).toEqual([new URL(siteUrl).host])
})

chatTest('a visitor downloads their messages as a file and deletes them', async ({ browser, server }) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  await ada.send('words of mine')
  const bo = await visitor(browser, server, { nick: 'Bo' })
  await bo.send('words of Bo')
  await expect(bo.message('words of mine')).toBeVisible()

  await ada.page.goto('/privacy')
  const saved = ada.page.waitForEvent('download')
  await ada.page.getByRole('button', { name: 'Download my messages' }).click()
  const file = await saved
  expect(file.suggestedFilename()).toBe('my-words.json')
  const words = JSON.parse(await readFile(await file.path(), 'utf8')) as { messages: { text: string }[] }
  expect(words.messages.map(({ text }) => text)).toEqual(['words of mine'])

  const erase = ada.page.getByRole('button', { name: 'Delete my messages' })
  await erase.click()
  await ada.page.getByRole('button', { name: 'Cancel' }).click()
  await expect(bo.message('words of mine')).toBeVisible()
  await erase.click()
  await ada.page.getByRole('button', { name: 'Delete everything' }).click()
  await expect(ada.page.getByText('Your messages are deleted.')).toBeVisible()
  await expect(bo.message('words of mine')).toHaveCount(0)
  await expect(bo.message('words of Bo')).toBeVisible()
})

test('the privacy page is linked in the footer and says when this browser has written nothing in the chat', async ({
  page,
}) => {
  await page.goto('/reports')
  await page.getByRole('contentinfo').getByRole('link', { name: 'Privacy' }).click()
  await expect(page).toHaveURL('/privacy')
  await expect(page.getByText('It stays until you or the owner deletes it.')).toBeVisible()
  await expect(page.getByText('Nothing has been written in the chat from this browser.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Delete my messages' })).toHaveCount(0)
  await signIn(page, await newMember(page))
  await page.getByRole('contentinfo').getByRole('link', { name: 'Privacy' }).click()
  await expect(page.getByRole('button', { name: 'Delete my messages' })).toBeVisible()
})

test('the privacy page does not say that nothing was written where it cannot know who the user is', async ({
  page,
}) => {
  await signIn(page, await newMember(page))
  await page.route('**/api/me', (route) => route.abort())
  await page.goto('/privacy')
  const data = page.getByRole('region', { name: 'Your messages' })
  await expect(data.getByRole('alert')).toContainText("Couldn't reach the server.")
  await expect(data).not.toContainText('Nothing has been written')
  await page.unroute('**/api/me')
  await data.getByRole('button', { name: 'Try again' }).click()
  await expect(data.getByRole('button', { name: 'Delete my messages' })).toBeVisible()
})

for (const [locale, words] of [
  ['en', 'From a browser in which you have not signed in before they can'],
  ['sv', 'Från en webbläsare där du inte har loggat in förut kan de det'],
  ['nb', 'Fra en nettleser du ikke har logget inn i før, kan de det'],
] as const)
  test(`the privacy page says whose sign-in can be blocked by somebody else’s wrong passwords, ${locale}`, async ({
    browser,
    siteUrl,
  }) => {
    const page = await browser.newPage({ locale, baseURL: siteUrl })
    await page.goto('/privacy')
    await expect(page.getByText(words)).toBeVisible()
    await page.close()
  })
