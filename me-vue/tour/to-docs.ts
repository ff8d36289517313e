/**
 * Converts the screenshots that docs/tour.md and the README show into small WebP files in docs/pictures/tour. What the last
 * tour has not taken stays as it is.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { launchOptions } from '../e2e/support/chromium.ts'

const screenshots = join(import.meta.dirname, '../test-results/tour')
const docs = join(import.meta.dirname, '../../docs')
/** The WebP quality, from 0 to 1: the text stays sharp and the files small. */
const QUALITY = 0.72

const pages = ['tour.md', '../README.md'].map((page) => readFileSync(join(docs, page), 'utf8')).join('\n')
const references = pages.matchAll(/pictures\/tour\/([\w-]+)\.webp/g)
const names = [...new Set(Array.from(references, ([, name]) => name!))]
const fileOf = (name: string) => join(screenshots, `${name}.png`)
const taken = names.filter((name) => existsSync(fileOf(name)))

mkdirSync(join(docs, 'pictures/tour'), { recursive: true })
const browser = await chromium.launch(launchOptions())
const page = await browser.newPage()
let total = 0
for (const name of taken) {
  const webp = await toWebp(page, readFileSync(fileOf(name)))
  writeFileSync(join(docs, 'pictures/tour', `${name}.webp`), webp)
  total += webp.length
}
await browser.close()
console.log(`${taken.length} of ${names.length} pictures, ${Math.round(total / 1_000)} kB`)

async function toWebp(page: Page, png: Buffer): Promise<Buffer> {
  const address = await page.evaluate(
    async ([source, quality]) => {
      const bitmap = await createImageBitmap(await (await fetch(source)).blob())
      const canvas = document.createElement('canvas')
      canvas.width = bitmap.width
      canvas.height = bitmap.height
      canvas.getContext('2d')!.drawImage(bitmap, 0, 0)
      return canvas.toDataURL('image/webp', quality)
    },
    [`data:image/png;base64,${png.toString('base64')}`, QUALITY] as const,
  )
  return Buffer.from(address.split(',')[1]!, 'base64')
}
