import type { Page } from '@playwright/test'
import { expect, signIn, test } from './support/test.ts'

test.use({ hasTouch: true, isMobile: true })

/** What can be pressed and is smaller than 44 pixels; links within a sentence may be. */
const smallTargets = (page: Page) =>
  page.evaluate(() =>
    [...(document.querySelector('dialog[open]') ?? document.body).querySelectorAll('a, button, select')]
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect()
        const { clipPath, visibility } = getComputedStyle(element)
        const isSeen = width > 0 && visibility === 'visible' && clipPath === 'none'
        // A link in a line of text is as high as the line.
        return isSeen && !element.closest('.prose, .formatted') && Math.min(width, height) < 43.9
      })
      .map((element) => `${element.textContent} ${element.className}`),
  )

for (const width of [320, 390])
  test.describe(`on a phone of ${width} pixels`, () => {
    test.use({ viewport: { width, height: 700 } })

    test('the header shows the whole name of the owner, however long it is', async ({ page }) => {
      await signIn(page)
      const { name: first, headline, text, links } = (await (await page.request.get('/api')).json()).data
      for (const name of ['Aline Bernadotte', 'Maximiliana Vinterberg-Holmström', 'Li']) {
        await page.request.put('/api', { data: { name, headline, text, links } })
        await page.goto('/')
        const shown = page.getByRole('banner').getByText(name)
        await expect(shown).toBeVisible()
        const isWhole = await shown.evaluate(
          ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
            scrollWidth <= clientWidth && scrollHeight <= clientHeight + 2,
        )
        expect(isWhole).toBe(true)
        await expect(page.getByRole('main').getByText(name, { exact: true })).toBeVisible()
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      }
      await page.request.put('/api', { data: { name: first, headline, text, links } })
    })

    test('nicks in the chat are whole, and the room’s title is level with its buttons', async ({ page }) => {
      const nick = `${'W'.repeat(10)} ${'M'.repeat(10)}${width}`
      await page.goto('/chat')
      await page.getByRole('textbox').fill(nick)
      await page.getByRole('button', { name: 'Come in' }).tap()
      await page.getByRole('textbox', { name: 'Message' }).fill(`whole on ${width}`)
      await page.getByRole('button', { name: 'Send' }).tap()
      const message = page.getByRole('article').filter({ hasText: `whole on ${width}` })
      await expect(message).toBeVisible()
      await page.getByRole('button', { name: /\d here, / }).tap()
      for (const parent of [page.getByRole('dialog'), message]) {
        const shown = parent.getByText(nick, { exact: true })
        expect(await shown.evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true)
      }
      await page.keyboard.press('Escape')
      const [title = 0, search = 0] = await Promise.all(
        [page.getByRole('heading', { level: 1 }), page.getByRole('button', { name: 'Search messages' })].map(
          async (part) => {
            const { y, height } = (await part.boundingBox())!
            return y + height / 2
          },
        ),
      )
      expect(Math.abs(title - search)).toBeLessThan(4)
    })

    test('everything to press is at least 44 pixels high and wide', async ({ page, publish }) => {
      await publish({ week: 3, title: 'Three', text: 'Words.' })
      for (const path of ['/', '/reports', '/reports/week/3', '/sign-in', '/register', '/chat']) {
        await page.goto(path)
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
        await expect.poll(() => smallTargets(page)).toEqual([])
      }
      await page.getByRole('textbox').fill(`Phone ${width}`)
      await page.getByRole('textbox').press('Enter')
      await page.getByRole('textbox', { name: 'Message' }).fill('hello')
      await page.getByRole('button', { name: 'Send' }).tap()
      await page.getByRole('article').last().getByRole('button', { name: 'Message actions' }).tap()
      const toolbar = page.getByRole('toolbar')
      await expect(toolbar.getByText('Copy link')).toBeVisible()
      expect(await smallTargets(page)).toEqual([])
      await toolbar.getByRole('button', { name: 'Reply' }).tap()
      await expect(toolbar).toHaveCount(0)
      await expect(page.getByText(`Replying to Phone ${width}`)).toBeVisible()
      expect(await smallTargets(page)).toEqual([])

      await page.getByRole('button', { name: 'Emoji' }).tap()
      await expect(page.getByRole('dialog', { name: 'Emoji' })).toBeVisible()
      await expect(page.getByRole('searchbox')).not.toBeFocused()
      expect(await smallTargets(page)).toEqual([])
    })
  })
