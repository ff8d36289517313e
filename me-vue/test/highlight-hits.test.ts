import { expect, test } from '@jest/globals'
import { piecesOf, queryOf } from '../src/chat/search/highlight-hits.ts'

const hit = (text: string) => ({ text, isHit: true })
const around = (text: string) => ({ text, isHit: false })

test('a snippet is split where its marks begin and end', () => {
  expect(
    piecesOf('the lamp is on', [
      [4, 8],
      [12, 14],
    ]),
  ).toEqual([around('the '), hit('lamp'), around(' is '), hit('on')])
})

test('marks are counted in UTF-16 units, also after an emoji', () => {
  expect(piecesOf('🪔🪔 lamp', [[5, 9]])).toEqual([around('🪔🪔 '), hit('lamp')])
})

test('a snippet without marks is one piece, and an empty snippet has none', () => {
  expect(piecesOf('as it was', [])).toEqual([around('as it was')])
  expect(piecesOf('', [[0, 3]])).toEqual([])
})

test('overlapping marks and marks beyond the snippet keep its text as it is', () => {
  const marks: [number, number][] = [
    [0, 4],
    [2, 6],
    [5, 99],
  ]
  expect(
    piecesOf('lamplight', marks)
      .map(({ text }) => text)
      .join(''),
  ).toBe('lamplight')
})

test('typographic quotes make a phrase in a query too', () => {
  expect(queryOf(' “the lamp” is ')).toBe('"the lamp" is')
  expect(queryOf('”lampan lyser”')).toBe('"lampan lyser"')
})
