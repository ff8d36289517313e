import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { distinctHues, hueOf } from '../src/ui/hue.ts'

const ids = (count: number) => new Set(Array.from({ length: count }, (_, index) => `visitor-${index}`))
const smallestGap = (hues: Iterable<number>) => {
  const sorted = [...hues].toSorted((a, b) => a - b)
  return Math.min(...sorted.map((hue, index) => (sorted[index + 1] ?? sorted[0]! + 360) - hue))
}

test('an id has the same hue everywhere', () => {
  expect(hueOf('visitor-1')).toBe(hueOf('visitor-1'))
})

test.each([2, 4, 6, 12, 40, 72])('no two of %d people have hues that look alike', (count) => {
  const hues = distinctHues(ids(count))
  expect(hues.size).toBe(count)
  expect(smallestGap(hues.values())).toBeGreaterThanOrEqual(Math.min(25, 150 / count) - 1e-9)
})

test('each hue has a class, so that a document needs no style', () => {
  const classes = readFileSync(new URL('../src/ui/hues.css', import.meta.url), 'utf8')
  for (const hue of distinctHues(ids(72)).values())
    expect(classes).toContain(`.hue-${hue} {\n  --hue: ${hue};\n}`)
})

test('two ids with one hash do not share a hue', () => {
  const wanted = hueOf('a')
  const twin = [...ids(5_000)].find((id) => hueOf(id) === wanted)!
  expect(twin).toBeDefined()
  expect(smallestGap(distinctHues(new Set(['a', twin])).values())).toBeGreaterThanOrEqual(25)
})

test('who stays keeps the hue when others come and go, and who is alone has their own', () => {
  const before = distinctHues(ids(6))
  const stays = new Set(['visitor-3', 'visitor-5'])
  const after = distinctHues(new Set([...stays, 'somebody new']), before)
  for (const id of stays) expect(after.get(id)).toBe(before.get(id))
  expect(distinctHues(new Set(['b'])).get('b')).toBe(hueOf('b'))
})
