import { expect, test } from '@jest/globals'
import { boundMarks } from '../src/ui/bound-marks.ts'

test.each([
  ['Tiếng Việt, ẮẰẲẴẶ'.normalize('NFD')],
  ['हिन्दी: स्त्री र्द्ध शृंखलाएँ'],
  ['ไทย: ที่นี่ เป็นน้ำ ฎ์ุ'],
  ['בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים'],
  ['مُحَمَّدٌ الرَّحْمَٰنِ ٱللَّٰهِ'],
  ['རྒྱུད བསྒྲུབས ཧཱུྃ ཀྵྨྱ'],
  ['ស្ត្រី ကျွန်ုပ်တို့ 👩🏽‍🚀 1️⃣'],
])('the marks of %s stay', (text) => {
  expect(boundMarks(text)).toBe(text)
})

test('of many marks on one letter eight stay', () => {
  const stacked = `.${'\u0347'.repeat(99)}`
  expect(boundMarks(`a ${stacked.repeat(20)} b`)).toBe(`a ${`.${'\u0347'.repeat(8)}`.repeat(20)} b`)
})
