import type { Page } from '@playwright/test'
import { expectAccessible } from './support/axe.ts'
import { expect, signIn, test } from './support/test.ts'

const publicPaths = [
  '/',
  '/reports',
  '/reports/week/11',
  '/sign-in',
  '/register',
  '/reset-password',
  '/reset-password#a-token',
  '/privacy',
  '/transports',
  '/edit',
  '/nowhere',
]
const allMarkdown =
  'Text, `code`, [a link](https://example.org).\n\n## Heading\n\n> A quote.\n\n- one\n\n```\ncode\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |'
const ownerPaths = [
  '/',
  '/account',
  '/moderation',
  '/members',
  '/edit',
  '/reports/new',
  '/reports/week/11/edit',
]

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`the pages pass axe, ${colorScheme},`, () => {
    test.slow() // axe takes seconds for each page
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } })
    test.beforeEach(({ publish }) => publish({ week: 11, title: 'A report', text: allMarkdown }))

    test('for everybody', async ({ page }) => {
      for (const path of publicPaths) await expectNothingFound(page, path)
    })
    test('for the owner', async ({ page }) => {
      await signIn(page)
      for (const path of ownerPaths) await expectNothingFound(page, path)
    })
  })

async function expectNothingFound(page: Page, path: string) {
  await page.goto(path, { waitUntil: 'networkidle' })
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expectAccessible(page)
}

test('no page is wider than a screen of 320 pixels', async ({ page, publish }) => {
  await publish({
    week: 11,
    title: 'A title with averyveryverylongwordthatdoesnotend',
    text: '```\n' + 'long '.repeat(60) + '\n```',
  })
  await page.setViewportSize({ width: 320, height: 640 })
  await signIn(page)
  for (const path of [...publicPaths, ...ownerPaths]) {
    await page.goto(path, { waitUntil: 'networkidle' })
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(beyond, path).toBeLessThanOrEqual(0)
    for (const form of await page.locator('form').all())
      expect(await form.evaluate((it) => it.scrollWidth - it.clientWidth), path).toBe(0)
  }
})

test('a keyboard user skips to the content and opens a report', async ({ page, publish }) => {
  await publish({ week: 12, title: 'By keyboard', text: 'Words.' })
  await page.goto('/reports', { waitUntil: 'networkidle' })
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
  const link = page.getByRole('link', { name: 'By keyboard' })
  for (
    let presses = 0;
    presses < 60 && !(await link.evaluate((it) => it === document.activeElement));
    presses++
  )
    await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'By keyboard' })).toBeFocused()
})
