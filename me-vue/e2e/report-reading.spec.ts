import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from './support/test.ts'

const paragraphs = Array.from({ length: 80 }, (_, index) => `Paragraph ${index}.`).join('\n\n')

test('a report that is reloaded stays where it was read', async ({ page, publish }) => {
  await publish({ week: 30, title: 'Long', text: paragraphs })
  await page.goto('/reports/week/30')
  await expect(page.getByText('Paragraph 79.')).toBeVisible()
  await page.evaluate(() => scrollTo(0, 1_500))
  await page.route('**/api/reports/week/30', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    await route.continue()
  })
  await page.reload()
  await expect(page.getByText('Paragraph 79.')).toBeVisible()
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(1_500)
})

test('a reader who scrolls before the reloaded report is there is not moved', async ({ page, publish }) => {
  await publish({ week: 31, title: 'Long', text: paragraphs })
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
  await page.mouse.wheel(0, 10)
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
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
})
