import { expectAccessible } from './support/axe.ts'
import { expect, lines, test, visitor } from './support/chat.ts'

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [device, viewport] of [
    ['phone', { width: 390, height: 844 }],
    ['laptop', { width: 1280, height: 800 }],
  ] as const) {
    test(`the chat passes axe, ${colorScheme} on a ${device}`, async ({ browser, server }) => {
      server.seedMessages(['what was said', 'see https://example.org'])
      const { page, chooseNick, send, message, expectLive, field } = await visitor(browser, server, {
        colorScheme,
        viewport,
      })
      await expectLive()
      await expectAccessible(page)
      await field.fill('<no>')
      await field.press('Enter')
      await expect(page.getByText('Up to 24 letters')).toBeVisible()
      await expectAccessible(page)
      await chooseNick('Ada')
      await send('mine')
      await expect(message('mine')).toBeVisible()
      if (device === 'phone') await page.getByRole('button', { name: '1 here' }).click()
      await expectAccessible(page)
      await server.kill()
      await expect(page.getByRole('button', { name: 'Try now' })).toBeVisible()
      await expectAccessible(page)
    })
  }
}

test('the nick form fits on a screen of 320 pixels', async ({ browser, server }) => {
  const { page, field } = await visitor(browser, server, { viewport: { width: 320, height: 640 } })
  await expect(field).toBeInViewport({ ratio: 1 })
  const form = page.locator('form').filter({ has: field })
  const rightEdge = () =>
    form.evaluate((it) =>
      Math.max(...[...it.querySelectorAll('*')].map((one) => one.getBoundingClientRect().right)),
    )
  await expect.poll(rightEdge).toBeLessThanOrEqual(320)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
})

test('the chat works with a keyboard alone', async ({ browser, server }) => {
  server.seedMessages(lines(60))
  const { page, field, log, message, expectLive } = await visitor(browser, server)
  await expectLive()
  const tabTo = async (name: RegExp) => {
    await expect(async () => {
      await page.keyboard.press('Tab')
      const focused = page.locator(':focus')
      await expect(focused).toHaveAccessibleName(name, { timeout: 50 })
    }).toPass({ intervals: [0] })
  }
  await tabTo(/^Messages$/)
  const end = await log.evaluate((box) => box.scrollTop)
  await page.keyboard.press('PageUp')
  await expect.poll(() => log.evaluate((box) => box.scrollTop)).toBeLessThan(end)
  await tabTo(/Pick a nick/)
  await page.keyboard.type('Ada')
  await page.keyboard.press('Enter')
  await expect(field).toBeFocused()
  await expect(field).toHaveAccessibleName('Message')
  await page.keyboard.type('by hand')
  await page.keyboard.press('Enter')
  await expect(message('by hand')).toBeInViewport()
  await expect(field).toBeFocused()
  await page.keyboard.press('PageUp')
  await expect(message('by hand')).not.toBeInViewport()
  await page.keyboard.press('PageDown')
  await page.keyboard.press('PageDown')
  await expect(message('by hand')).toBeInViewport()
  await tabTo(/Change your nick/)
  await page.keyboard.press('Enter')
  await expect(field).toHaveAccessibleName('Change your nick')
  await expect(field).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(field).toHaveAccessibleName('Message')
  await expect(field).toBeFocused()
})

for (const [locale, connected, empty, label] of [
  ['sv-SE', 'Ansluten', 'Ingen har sagt något än. Du kan bli först.', 'Meddelande'],
  ['nb-NO', 'Tilkoblet', 'Ingen har sagt noe ennå. Du kan bli den første.', 'Melding'],
] as const) {
  test(`the chat is shown in the browser’s language, ${locale}`, async ({ browser, server }) => {
    const { page, connection, field } = await visitor(browser, server, { locale })
    await expect(connection).toHaveText(connected)
    await expect(page.getByText(empty)).toBeVisible()
    await field.fill('Åsa')
    await field.press('Enter')
    await expect(field).toHaveAccessibleName(label)
    await expect(page.locator('html')).toHaveAttribute('lang', locale.slice(0, 2))
  })
}

test('a language chosen on another page applies to the chat too', async ({ browser, server }) => {
  const { page, field } = await visitor(browser, server)
  await expect(field).toHaveAccessibleName(/Pick a nick/)
  await page.getByRole('link', { name: 'Home', exact: true }).click()
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Svenska')
  await page.getByRole('link', { name: /^Chatt/ }).click()
  await expect(field).toHaveAccessibleName(/Välj ett nick/)
})

test('Shift+Tab from the composer keeps the log at its end; a selected message’s links are reached by Tab', async ({
  browser,
  server,
}) => {
  const code = `\`\`\`\n${'const wide = 1; '.repeat(40)}\n\`\`\``
  server.seedMessages([
    'old https://example.org/old',
    ...Array.from({ length: 60 }, (_, index) => `line ${index}.`),
    'see https://example.org/one and [two](https://example.org/two)',
    code,
    'the last line',
  ])
  const { page, log, chooseNick, field, message } = await visitor(browser, server)
  await chooseNick('Ada')
  await expect(message('the last line')).toBeInViewport()
  await field.focus()
  const isInMessage = () => page.evaluate(() => document.activeElement?.closest('article') !== null)
  for (let step = 0; step < 3; step++) {
    await page.keyboard.press('Shift+Tab')
    expect(await isInMessage()).toBe(false)
  }
  await expect(message('the last line')).toBeInViewport()

  await log.focus()
  await page.keyboard.press('ArrowUp')
  await expect(message('the last line')).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(message('const wide')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(message('const wide').locator('pre')).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(message('const wide')).toBeFocused()
  await page.keyboard.press('ArrowUp')
  const selected = message('see ')
  await expect(selected).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(selected.getByRole('link').first()).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(selected.getByRole('link').last()).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(selected).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(field).toBeFocused()
  await page.keyboard.press('Shift+Tab')
  expect(await isInMessage()).toBe(false)
})
