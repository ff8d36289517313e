import { existsSync } from 'node:fs'
import { launch } from 'puppeteer-core'
import type { Device, Tab } from './tab.ts'

const executablePath = process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr'
if (!existsSync(executablePath))
  throw new Error(`There is no ${executablePath}: install firefox-esr, or set FIREFOX_PATH to a Firefox.`)

/** A Firefox of its own, spoken to by WebDriver BiDi. */
export async function openFirefox({ userAgent, width, height, before }: Device): Promise<Tab> {
  const browser = await launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    defaultViewport: { width, height },
    extraPrefsFirefox: { 'general.useragent.override': userAgent },
  })
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => {
    // Firefox tells in the same way what it could not fetch, and the server is away at times.
    if (!/can.t establish a connection|was interrupted while|Failed to load/.test(String(error)))
      complaints.push(String(error))
  })
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text())
  })
  if (before) await page.evaluateOnNewDocument(before)

  return {
    open: async (url) => void (await page.goto(url)),
    evaluate: (call, ...args) => page.evaluate(call as never, ...args) as never,
    async click(find, ...args) {
      const found = (await page.evaluateHandle(find as never, ...args)) as { asElement: () => never }
      await (found.asElement() as { click: () => Promise<void> }).click()
    },
    async write(text) {
      await page.keyboard.type(text)
      await page.keyboard.press('Enter')
    },
    complaints: async () => complaints,
    picture: () => page.screenshot(),
    close: () => browser.close(),
  }
}
