import { expect, test } from '@jest/globals'
import { hueOf } from '../src/ui/hue.ts'

test('hueOf gives each id one hue and spreads ids over the circle', () => {
  const hues = Array.from({ length: 360 }, (_, i) => hueOf(`visitor-${i}`))
  expect(hueOf('visitor-7')).toBe(hues[7])
  expect(Math.min(...hues)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...hues)).toBeLessThan(360)
  expect(new Set(hues.map((hue) => Math.floor(hue / 30))).size).toBe(12)
})
