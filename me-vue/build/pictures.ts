/**
 * Draws what has to be a PNG: the icons for installing, and the picture that stands for the site where its link is
 * shared. Run it by hand after a change of the mark (`npm run pictures -w me-vue`, with CHROMIUM_PATH); what it draws
 * is committed, so that neither the build nor the server needs a browser.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'

const folder = join(import.meta.dirname, '../public')
const newsreader = readFileSync(
  createRequire(import.meta.url).resolve(
    '@fontsource-variable/newsreader/files/newsreader-latin-wght-normal.woff2',
  ),
).toString('base64')

/** The palette of tokens.css, in the light. */
const style = `<style>
  @font-face { font-family: Newsreader; font-weight: 200 800; src: url(data:font/woff2;base64,${newsreader}) }
  * { box-sizing: border-box; margin: 0 }
  html { background: transparent }
  svg { display: block }
</style>`

/** The house of HouseMark.vue with the lamp on, in ink or in paper. */
const house = (ink: string) => `
  <svg viewBox="0 0 24 24" width="100%" height="100%">
    <path fill="none" stroke="${ink}" stroke-width="1.8" stroke-linejoin="round"
      d="M2.2 10.6 12 2l9.8 8.6v9.2a1.6 1.6 0 0 1-1.6 1.6H3.8a1.6 1.6 0 0 1-1.6-1.6Z" />
    <g fill="oklch(80% .155 75)" style="filter:drop-shadow(0 0 1.2px oklch(80% .155 75 / .6))">
      <rect x="8.6" y="11.2" width="3" height="2.8" rx=".7" /><rect x="12.4" y="11.2" width="3" height="2.8" rx=".7" />
      <rect x="8.6" y="14.8" width="3" height="2.8" rx=".7" /><rect x="12.4" y="14.8" width="3" height="2.8" rx=".7" />
    </g>
  </svg>`

/** A tile of night with the house in it; `share` is the house's part of the width, `round` the tile's corners. */
const icon = (share: number, round: number) => `${style}
  <div style="inline-size:100vw;block-size:100vh;display:grid;place-items:center;background:oklch(19% .022 268);border-radius:${round}%">
    <div style="inline-size:${share}%">${house('oklch(93% .012 85)')}</div>
  </div>`

const picture = `${style}
  <div style="inline-size:1200px;block-size:630px;padding:84px 96px;display:flex;flex-direction:column;justify-content:space-between;background:oklch(98.4% .008 85);color:oklch(24% .03 268);font-family:Newsreader">
    <div style="inline-size:150px">${house('oklch(24% .03 268)')}</div>
    <div style="font-size:104px;font-weight:500;line-height:1.06;letter-spacing:-.02em">The door is open.<br>Come in and say hello.</div>
    <div style="display:flex;gap:16px">${'<i style="inline-size:30px;block-size:38px;border-radius:8px;background:oklch(80% .155 75);box-shadow:0 0 26px oklch(80% .155 75 / .5)"></i>'.repeat(3)}<i style="inline-size:30px;block-size:38px;border-radius:8px;background:oklch(87% .012 85)"></i></div>
  </div>`

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH!,
  args: ['--no-sandbox', '--disable-gpu'],
})
const page = await browser.newPage()
await draw(page, 'icons/192.png', [192, 192], icon(62, 22))
await draw(page, 'icons/512.png', [512, 512], icon(62, 22))
// A launcher cuts a maskable icon to its own shape: all that matters stands within the inner 80 %.
await draw(page, 'icons/maskable.png', [512, 512], icon(48, 0))
await draw(page, 'icons/apple-touch.png', [180, 180], icon(58, 0))
await draw(page, 'house.png', [1200, 630], picture)
await browser.close()

async function draw(page: Page, file: string, [width, height]: [number, number], html: string) {
  await page.setViewportSize({ width, height })
  await page.setContent(`<!doctype html>${html}`)
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: join(folder, file), omitBackground: true })
}
