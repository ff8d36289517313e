import { test as base, expect, type Page } from '@playwright/test'
import { ownerAccount, startServer } from './server.ts'
import { reportViolations } from './violations.ts'

/** Environment variables of the server, for tests that need other settings. */
export type Settings = Record<string, string>

type Report = { week: number; title: string; text: string }

type WorkerParts = { settings: Settings; siteUrl: string }
type Parts = {
  /** What went wrong in the page: violations of the Content Security Policy, what Vue says of itself, uncaught errors. */
  pageErrors: string[]
  /** Publishes a report over the API, as the owner. */
  publish: (report: Report) => Promise<void>
}

export const test = base.extend<Parts, WorkerParts>({
  settings: [{}, { option: true, scope: 'worker' }],
  siteUrl: [
    async ({ settings }, use) => {
      const server = await startServer(settings)
      await use(server.url)
      await server.stop()
    },
    { scope: 'worker' },
  ],
  baseURL: ({ siteUrl }, use) => use(siteUrl),
  pageErrors: [
    async ({ context }, use) => {
      const pageErrors: string[] = []
      await reportViolations(context)
      context.on('console', (message) => {
        if (/Content.Security.Policy|\[Vue warn\]|Hydration/i.test(message.text()))
          pageErrors.push(message.text())
      })
      context.on('weberror', (error) => pageErrors.push(String(error.error())))
      await use(pageErrors)
      expect(pageErrors, 'no CSP violation and no uncaught error on any page').toEqual([])
    },
    { auto: true },
  ],
  publish: async ({ playwright, siteUrl }, use) => {
    const api = await playwright.request.newContext({ baseURL: siteUrl })
    const { data } = await (await api.post('/api/login', { data: ownerAccount })).json()
    const headers = { authorization: `Bearer ${data.token}` }
    await use(async (report) => {
      await api.delete(`/api/reports/week/${report.week}`, { headers })
      expect((await api.post('/api/reports', { data: report, headers })).status()).toBe(201)
    })
    await api.dispose()
  },
})

export { expect }

export async function signIn(
  page: Page,
  account: { email: string; password: string } = ownerAccount,
): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(account.email)
  await page.getByLabel('Password', { exact: true }).fill(account.password)
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('Signed in as')).toBeVisible()
}

let members = 0
/** Registers a new member, who is signed in nowhere. */
export async function newMember(page: Page) {
  const name = `member-${process.pid}-${++members}`
  const member = { email: `${name}@example.org`, password: 'ten letters or more', nick: name.slice(0, 24) }
  // Without the page's cookies, which registering would replace.
  const { origin } = new URL((await page.request.get('/api')).url())
  const post = (path: string, body: object, headers = {}) =>
    fetch(`${origin}/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const answer = await post('register', member)
  expect(answer.status).toBe(201)
  const { data } = (await answer.json()) as { data: { token: string } }
  await post('logout', {}, { authorization: `Bearer ${data.token}` })
  return member
}
