import { type MailServer, firstMail, pathIn, startMailServer } from '../e2e/support/mail-server.ts'
import { connectVisitor } from './support/chat-client.ts'
import { NOW, expect, test as base } from './support/tour.ts'

const test = base.extend<{ mailServer: MailServer }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright asks for it.
  mailServer: async ({}, use) => {
    const mailServer = await startMailServer()
    await use(mailServer)
    await mailServer.close()
  },
  settings: ({ mailServer }, use) => use(mailServer.settings),
  baseURL: ({ server }, use) => use(server.url),
})
test.use({ timezoneId: 'UTC' })

test('the page on which the owner answers a mail', async ({ page, server, mailServer, picture }) => {
  await page.clock.setFixedTime(NOW)
  const otter = await connectVisitor(server, 'otter')
  await otter.send('How slow is it on a small server?', {
    about: {
      path: '/reports/week/5',
      quote: { exact: 'That is one sync, and a sync is slow', prefix: '', suffix: ', so the writes' },
    },
  })
  await page.goto(pathIn(await firstMail(server, mailServer), '/answer/'))
  await page.getByLabel('Your answer').fill('Five milliseconds on mine. I will write it there.')
  await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled()
  await picture(page, 'answer')
})
