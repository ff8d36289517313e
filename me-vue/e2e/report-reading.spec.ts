import { expectAccessible } from './support/axe.ts'
import { hydrated } from './support/hydrated.ts'
import { expect, test } from './support/test.ts'

const paragraphs = Array.from({ length: 80 }, (_, index) => `Paragraph ${index}.`).join('\n\n')

test('a report that is reloaded stays where it was read', async ({ page, publish }) => {
  await publish({ week: 30, title: 'Long', text: paragraphs })
  await page.goto('/reports/week/30')
  await hydrated(page)
  await page.evaluate(() => scrollTo(0, 1_500))
  await page.reload()
  await expect(page.getByText('Paragraph 79.')).toBeVisible()
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(1_500)
})

test('a reader who scrolls before the report that they come back to is there is not moved', async ({
  page,
  publish,
}) => {
  await publish({ week: 31, title: 'Long', text: paragraphs })
  // The document of the service worker, which has no page in it: the report has to be asked for.
  await page.route('**/reports/week/31', (route) =>
    route.request().isNavigationRequest()
      ? route.continue({ url: new URL('/index.html', route.request().url()).href })
      : route.continue(),
  )
  await page.goto('/reports/week/31')
  await expect(page.getByText('Paragraph 79.')).toBeVisible()
  await page.evaluate(() => scrollTo(0, 1_500))
  let answer = () => {}
  const asked = new Promise<void>((resolve) => {
    void page.route('**/api/reports/week/31', async (route) => {
      resolve()
      await new Promise<void>((go) => (answer = go))
      await route.continue()
    })
  })
  await page.reload()
  await asked
  // What sees the reader move is brought by then.
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.includes('scroll-when-ready')),
  )
  await page.evaluate(() => addEventListener('wheel', () => (document.title = 'moved'), { once: true }))
  await page.mouse.wheel(0, 10)
  await expect(page).toHaveTitle('moved')
  answer()
  await expect(page.getByText('Paragraph 79.')).toBeVisible()
  await expect.poll(() => page.evaluate(() => scrollY)).toBeLessThan(100)
})

const wide = `| ${'a very wide cell | '.repeat(20)}\n|${' --- |'.repeat(20)}\n| ${'b | '.repeat(20)}`
const code = `\`\`\`\n${'const wide = 1; '.repeat(40)}\n\`\`\``

test('wide code and tables are scrolled by keyboard; narrow ones are no stop', async ({ page, publish }) => {
  await publish({ week: 32, title: 'Wide', text: `${code}\n\n${wide}\n\n\`\`\`\nnarrow\n\`\`\`` })
  await page.goto('/reports/week/32')
  for (const name of ['Code', 'Table']) {
    const region = page.getByRole('region', { name })
    await expect(region).toHaveCount(1)
    await region.focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => region.evaluate(({ scrollLeft }) => scrollLeft)).toBeGreaterThan(0)
  }
  await expect(page.getByRole('table')).toBeVisible()
  await expectAccessible(page)
})

const formatted = [
  '# Tables :tada:',
  '| left | middle | right |\n|:--|:-:|--:|\n| a | b | 1 |',
  '- [x] written\n- [ ] read',
  'A claim[^why].',
  '```ts\nconst lamp: string = `on` // lit\n```',
  paragraphs,
  '## Räksmörgås',
  '[^why]: The reason.',
].join('\n\n')

test('a report shows aligned tables, boxes, footnotes, emoji and coloured code', async ({
  page,
  publish,
}) => {
  await publish({ week: 33, title: 'Formatted', text: formatted })
  await page.goto('/reports/week/33')
  await expect(page.getByRole('heading', { name: 'Tables 🎉', exact: true })).toBeVisible()
  await expect(page.getByRole('cell', { name: 'b' })).toHaveCSS('text-align', 'center')
  await expect(page.getByRole('cell', { name: '1' })).toHaveCSS('text-align', 'right')
  await expect(page.getByRole('checkbox', { name: 'written' })).toBeChecked()
  await expect(page.getByRole('checkbox', { name: 'read' })).not.toBeChecked()
  const colourOf = (text: string) =>
    page.locator('pre span', { hasText: text }).evaluate((part) => getComputedStyle(part).color)
  expect(new Set([await colourOf('const'), await colourOf('`on`'), await colourOf('// lit')]).size).toBe(3)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expectAccessible(page)
  }
})

test('a footnote and its reference lead to each other', async ({ page, publish }) => {
  await publish({ week: 34, title: 'Notes', text: formatted })
  await page.goto('/reports/week/34')
  await page.locator('[role=doc-noteref]').click()
  await expect(page).toHaveURL('/reports/week/34#fn-1')
  await expect(page.getByText('The reason.')).toBeInViewport()
  await page.locator('[role=doc-backlink]').click()
  await expect(page.getByText('A claim')).toBeInViewport()
})

test('a heading’s link is reached by keyboard, and its address opens the page at the heading', async ({
  page,
  publish,
}) => {
  await publish({ week: 35, title: 'Headings', text: formatted })
  await page.goto('/reports/week/35')
  const heading = page.getByRole('heading', { name: 'Räksmörgås', exact: true })
  const link = heading.getByRole('link', { name: 'Räksmörgås', exact: true })
  await expect(link).toHaveCSS('opacity', '0')
  await page.locator('[role=doc-backlink]').focus()
  await page.keyboard.press('Shift+Tab')
  await expect(link).toBeFocused()
  await expect(link).toHaveCSS('opacity', '1')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#h-r/)
  const address = page.url()
  await page.goto('/reports')
  await page.goto(address)
  await expect(heading).toBeInViewport()
})

test('code is copied with the keyboard, and a screen reader hears it', async ({ page, publish, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await publish({ week: 36, title: 'Code', text: '```js\nlet a = "<b>"\n\nlet c\n```\n\n    indented' })
  await page.goto('/reports/week/36')
  const buttons = page.getByRole('button', { name: 'Copy code' })
  await expect(buttons).toHaveCount(2)
  await buttons.first().focus()
  await expect(buttons.first()).toHaveCSS('opacity', '1')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toHaveCount(1)
  await expect(buttons.first()).toHaveText('Copied')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('let a = "<b>"\n\nlet c')
  await buttons.last().press('Space')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('indented')
  await expect(buttons.first()).toHaveText('Copy')
})

for (const [device, touch] of [
  ['with a mouse', {}],
  ['on a phone', { hasTouch: true, isMobile: true, viewport: { width: 320, height: 700 } }],
] as const)
  test.describe(device, () => {
    test.use(touch)

    test('the button that copies code covers none of it, nor of what is above', async ({ page, publish }) => {
      const line = 'const database = await openTheDatabase(config.DATABASE_URL, clock, log).read(everything)'
      const block = `\`\`\`ts\n${line}\n${line}\n\`\`\``
      const wide = 'word '.repeat(60)
      const indented = block.replaceAll('\n', '\n  ')
      await publish({ week: 38, title: 'Code', text: `${wide}\n\n${block}\n\n- ${wide}\n\n  ${indented}` })
      await page.goto('/reports/week/38')
      const buttons = page.getByRole('button', { name: 'Copy code' })
      await expect(buttons).toHaveCount(2)
      for (const button of await buttons.all()) {
        await button.focus()
        const covered = await button.evaluate((element) => {
          const frame = element.parentElement!
          const button = element.getBoundingClientRect()
          return [frame.querySelector('code')!, frame.previousElementSibling!].flatMap((part) => {
            const text = document.createRange()
            text.selectNodeContents(part)
            // The code is scrolled, so that any of its lines can come under the button.
            return [...text.getClientRects()].filter(
              ({ top, bottom }) => top < button.bottom && bottom > button.top,
            )
          })
        })
        expect(covered).toEqual([])
      }
    })
  })

test('what copies code is loaded only where there is code', async ({ page, publish }) => {
  await publish({ week: 37, title: 'Words', text: 'Words alone.' })
  const files: string[] = []
  page.on('request', (request) => files.push(request.url()))
  await page.goto('/reports/week/37')
  await expect(page.getByText('Words alone.')).toBeVisible()
  await page.waitForLoadState('networkidle')
  expect(files.filter((file) => file.includes('prose-controls'))).toEqual([])
})
