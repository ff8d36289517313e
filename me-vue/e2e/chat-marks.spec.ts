import type { Locator } from '@playwright/test'
import { expect, test, visitor } from './support/chat.ts'

const BELOW = `low ${`.${'\u0347'.repeat(99)}`.repeat(4)}`
const ABOVE = `high ${`a${'\u0300'.repeat(99)}`.repeat(4)}`

/** Words whose letters carry more marks than most. */
const SCRIPTS = [
  'Tiếng Việt: Nghệ thuật ẮẰẲẴẶ Ộ'.normalize('NFD'),
  'हिन्दी: स्त्री र्द्ध क्ष्म्य ऑफ़ों शृंखलाएँ',
  'ไทย: ที่นี่ กู้ เป็นน้ำ ญี่ปุ่น ฎ์ุ',
  'עברית: בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים',
  'العربية: مُحَمَّدٌ الرَّحْمَٰنِ إِنَّ ٱللَّٰهِ',
  'བོད་སྐད: རྒྱུད བསྒྲུབས ཧཱུྃ ཀྵྨྱ',
  'ខ្មែរ: ស្ត្រី ក្ដៅ ធ្វើឱ្យ',
  'မြန်မာ: ကျွန်ုပ်တို့ သျှို့ဝှက်',
]

/** Gives elements a style, by script: the page's policy refuses a style sheet. */
const restyle = (parts: Locator, name: string, value: string) =>
  parts.evaluateAll(
    (all, [name, value]) => {
      for (const one of all) (one as HTMLElement).style.setProperty(name, value)
    },
    [name, value] as const,
  )

/** How a part of the page looks, the same for the same pixels. */
const look = async (part: Locator): Promise<string> =>
  (await part.screenshot({ animations: 'disabled' })).toString('base64')

test('marks stacked on letters paint over no other message', async ({ browser, server }) => {
  server.seedMessages([
    'the message before',
    BELOW,
    'the message between',
    ABOVE,
    '**bold** ' + BELOW,
    'the last',
  ])
  const { log, message } = await visitor(browser, server)
  const neighbours = ['the message before', 'the message between', 'the last'].map((text) =>
    message(text).locator('.text'),
  )
  await expect(message('bold').locator('strong')).toBeVisible()
  const looks = () => Promise.all(neighbours.map(look))
  const seen = await looks()
  // Without the clipping they would, so that this test proves something.
  await restyle(log.locator('.text, .formatted'), 'overflow', 'visible')
  expect(await looks()).not.toEqual(seen)
  for (const text of ['low', 'high']) await restyle(message(text), 'visibility', 'hidden')
  expect(await looks()).toEqual(seen)
})

test('the marks of no script are cut', async ({ browser, server }) => {
  server.seedMessages([...SCRIPTS, ...SCRIPTS.map((text) => `**bold** ${text}`)])
  const { log } = await visitor(browser, server)
  await expect(log.locator('strong')).toHaveCount(SCRIPTS.length)
  const seen = await look(log)
  await restyle(log.locator('.text, .formatted'), 'overflow', 'visible')
  expect(await look(log)).toBe(seen)
})
