import { expectAccessible } from './support/axe.ts'
import { expect, test, visitor } from './support/chat.ts'

const FORMATTED = [
  'See *this*, **that**, ~~not that~~ and `npm ci`',
  '```ts\nconst answer: number = 42 // so far\n```',
  '> Who is there?\n\nOnly me.',
  '- milk\n- **bread**',
  'Read [the paper](https://example.org/paper.html) :tada:',
  ':tada:',
  'Write \\:tada: for it',
  '🎉🎉',
  'مرحبا *بالجميع*',
]

test('Markdown in messages is shown formatted', async ({ browser, server }) => {
  server.seedMessages(FORMATTED)
  const { log, message } = await visitor(browser, server)
  await expect(log.locator('em').first()).toHaveText('this')
  await expect(log.locator('strong').first()).toHaveText('that')
  await expect(log.locator('s')).toHaveText('not that')
  await expect(log.locator('p code')).toHaveText('npm ci')
  await expect(log.locator('blockquote')).toHaveText('Who is there?')
  await expect(log.locator('li')).toHaveText(['milk', 'bread'])
  await expect(message('paper').getByRole('link')).toHaveText('the paper (example.org)')
  await expect(message('paper')).toContainText('🎉')
  await expect(message('for it').locator('p')).toHaveText('Write :tada: for it')
  await expect(log.locator('pre .keyword').first()).toHaveText('const')
  await expect(log.locator('.lone')).toHaveText(['🎉', '🎉🎉'])
  await expect(message('مرحبا').locator('p')).toHaveCSS('direction', 'rtl')
})

test('plain text loads no formatting code, and only code blocks load the highlighter', async ({
  browser,
  server,
}) => {
  const { page, chooseNick, send, log } = await visitor(browser, server)
  const fetched: string[] = []
  page.on('request', (request) => fetched.push(request.url()))
  await chooseNick('Ada')
  await send('hej, see https://example.org/a_b')
  await expect(log.getByRole('link')).toHaveCount(1)
  expect(fetched.filter((url) => /FormattedText|highlight/.test(url))).toEqual([])
  await send('now *this*')
  await expect(log.locator('em')).toHaveText('this')
  expect(fetched.some((url) => url.includes('FormattedText'))).toBe(true)
  expect(fetched.some((url) => url.includes('highlight'))).toBe(false)
  await send('```js\nlet a = 1')
  await expect(log.locator('pre .keyword')).toHaveText('let')
})

test('what is in an address is no Markdown, no emoji and no punctuation after it', async ({
  browser,
  server,
}) => {
  const links: [text: string, href: string][] = [
    ['見て https://example.com/foo。次の文', 'https://example.com/foo'],
    ['「https://example.com/foo」と、*そう*', 'https://example.com/foo'],
    ['https://twitter.com/__apf__/status/1', 'https://twitter.com/__apf__/status/1'],
    ['https://a.example/x_y_z*b*', 'https://a.example/x_y_z*b*'],
    ['*see* https://a.example/~~q~~', 'https://a.example/~~q~~'],
    ['http://localhost/chat?x=:smile:', 'http://localhost/chat?x=:smile:'],
    ['(https://en.wikipedia.org/wiki/A_(b)).', 'https://en.wikipedia.org/wiki/A_(b)'],
  ]
  server.seedMessages([...links.map(([text]) => text), 'at 10:100:20 in C:\\x:smile:'])
  const { log } = await visitor(browser, server)
  await expect(log.getByRole('link')).toHaveCount(links.length)
  const found = await log
    .getByRole('link')
    .evaluateAll((all) => all.map((one) => (one as HTMLAnchorElement).href))
  expect(found).toEqual(links.map(([, href]) => href))
  await expect(log.getByRole('article').last()).toContainText('at 10:100:20 in C:\\x:smile:')
})

test('hostile Markdown stays text and fetches no picture', async ({ browser, server }) => {
  const { page, chooseNick, send, log, message } = await visitor(browser, server)
  const foreign: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) foreign.push(request.url())
  })
  await chooseNick('Ada')
  await send('*hej* <img src=x onerror="document.title=1"> [x](javascript:document.title=2)')
  await expect(message('javascript:document.title=2')).toBeVisible()
  await send('*look* ![cat](https://example.org/cat.png)')
  await expect(log.getByRole('link')).toHaveText('cat (example.org)')
  await expect(log.locator('img, script, [onerror]')).toHaveCount(0)
  for (const [name, value] of [
    ['rel', 'noopener noreferrer nofollow ugc'],
    ['target', '_blank'],
  ] as const) {
    await expect(log.getByRole('link')).toHaveAttribute(name, value)
  }
  expect(foreign).toEqual([])
})

test('a link shows the host it leads to, whatever its text is', async ({ browser, server }) => {
  const links: [text: string, shown: string][] = [
    ['[https://bank.example](https://evil.example)', 'https://bank.example (evil.example)'],
    ['[bank.example/login](https://evil.example)', 'bank.example/login (evil.example)'],
    ['[/login](https://evil.example:8443/a)', '/login (evil.example:8443)'],
    [
      '[https://bank.example/?evil.example](https://evil.example)',
      'https://bank.example/?evil.example (evil.example)',
    ],
    ['[*https://bank.example*](https://evil.example)', 'https://bank.example (evil.example)'],
    ['[bank.example](https://bank.example@evil.example)', 'bank.example (evil.example)'],
    ['[evil.example/a](https://evil.example/b)', 'evil.example/a'],
    ['[the bank](https://b\u0430nk.example)', 'the bank (xn--bnk-6cd.example)'],
    ['[smultron](https://smörgås.example)', 'smultron (smörgås.example)'],
    ['[write](mailto:ada@evil.example)', 'write (ada@evil.example)'],
    ['https://bank.example@evil.example/login', 'evil.example/login'],
    ['https://evil.example/https://bank.example', 'evil.example/https://bank.example'],
    ['https://b\u0430nk.example/', 'xn--bnk-6cd.example'],
    ['https://evil.example/\u202egnp.knab', 'evil.example'],
    ['[li\u202enk](https://evil.example/x)', 'link (evil.example)'],
    ['[a\u2069\u202eb](https://evil.example/x)', 'ab (evil.example)'],
    ['\u202e[bank.example\u202e](https://evil.example)', 'bank.example (evil.example)'],
  ]
  server.seedMessages(links.map(([text]) => text))
  const { page, log } = await visitor(browser, server, { viewport: { width: 390, height: 1_300 } })
  await expect(log.getByRole('link')).toHaveText(links.map(([, shown]) => shown))
  await expect(log.locator('a a')).toHaveCount(0)
  // The host is visible also when the link's text reverses the direction of the letters.
  const reversed = page.getByRole('article').last().getByRole('link')
  const [link, host] = [await reversed.boundingBox(), await reversed.locator('.host').boundingBox()]
  expect(host!.width).toBeGreaterThan(50)
  expect(host!.x).toBeGreaterThan(link!.x)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expectAccessible(page)
  }
})

test('a long code block is collapsed like any long message', async ({ browser, server }) => {
  const { page, chooseNick, log, field } = await visitor(browser, server)
  await chooseNick('Ada')
  await field.fill(`\`\`\`js\n${'let a = 1\n'.repeat(60)}last()\n\`\`\``)
  await field.press('Enter')
  await expect(log.locator('pre')).toBeVisible()
  await expect(log.getByText('last')).toHaveCount(0)
  await page.getByRole('button', { name: 'Show all' }).click()
  await expect(log.getByText('last')).toHaveCount(1)
})

test('a block of code of one long line shows its beginning before it is expanded', async ({
  browser,
  server,
}) => {
  const { chooseNick, log, field } = await visitor(browser, server)
  await chooseNick('Ada')
  await field.fill(`\`\`\`\n${'long'.repeat(500)}\n\`\`\``)
  await field.press('Enter')
  await expect(log.locator('pre')).toHaveText(/^(?:long){199}…$/)
})

test('the numbers of a list stand beside its items and not over the author’s tile', async ({
  browser,
  server,
}) => {
  const { page, chooseNick, log, field } = await visitor(browser, server, {
    viewport: { width: 390, height: 800 },
  })
  await chooseNick('Ada')
  for (const start of [1, 99, 998, 123456789]) {
    await field.fill(`${start}. one\n${start + 1}. two`)
    await field.press('Enter')
  }
  await expect(log.locator('ol')).toHaveCount(4)
  const tile = await log.locator('.tile').first().boundingBox()
  for (const list of await log.locator('ol').all()) {
    // A marker has no box of its own: its text is measured in the list's font, with the space that Chromium adds.
    const marker = await list.evaluate((ol) => {
      const last = (ol as HTMLOListElement).start + ol.children.length - 1
      const text = document.createElement('span')
      text.style.cssText = 'position: absolute; white-space: pre'
      text.textContent = `${last}. `
      ol.append(text)
      const { width } = text.getBoundingClientRect()
      text.remove()
      return ol.firstElementChild!.getBoundingClientRect().left - width
    })
    expect(marker).toBeGreaterThanOrEqual(tile!.x + tile!.width)
  }
  await expect(page.getByText('two')).toHaveCount(4)
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`formatted messages pass axe, ${colorScheme}`, async ({ browser, server }) => {
    server.seedMessages(FORMATTED)
    const { page, log } = await visitor(browser, server, { colorScheme })
    await expect(log.locator('pre .keyword').first()).toBeVisible()
    await expectAccessible(page)
  })
}
