import { describe, expect, test } from '@jest/globals'
import { createSignInLimiter } from '../src/accounts/sign-in-limiter.ts'
import { createCounters } from '../src/chat/rate-limits/counters.ts'
import { createLimiter, useAll } from '../src/chat/rate-limits/rate-limiter.ts'
import { noTallies } from '../src/nodes/tallies.ts'
import { manualClock } from './support/manual-clock.ts'

const limit = { count: 2, seconds: 60 }

describe('counters', () => {
  test('counters count each key on its own, in time windows, and ignore refused uses', () => {
    const clock = manualClock()
    const { take } = createCounters(limit, { now: clock.now })
    expect([take('a'), take('a'), take('a'), take('b', 2), take('b')]).toEqual([0, 0, 60_000, 0, 60_000])
    clock.advance(59_000)
    expect(take('a')).toBe(1_000)
    clock.advance(1_000)
    expect([take('a', 3), take('a', 2)]).toEqual([60_000, 0])
  })

  test('counters keep at most 20,000 keys', () => {
    const { take, size } = createCounters(limit)
    for (let n = 0; n < 100_000; n++) take(`key ${n}`)
    expect(size()).toBe(20_000)
  })

  test('counters forget expired keys first, then the least recently used, where a refused use is a use', () => {
    const clock = manualClock()
    const { take, size } = createCounters(limit, { now: clock.now, keysMax: 3 })
    take('over')
    clock.advance(60_000)
    take('guessed', 2)
    take('other')
    expect(size()).toBe(2)
    for (let n = 0; n < 10; n++) {
      expect(take('guessed')).toBeGreaterThan(0)
      take(`new ${n}`)
      take(`more ${n}`)
    }
    expect(size()).toBe(3)
    expect(take('other', 2)).toBe(0)
  })

  test('counters give back at most what was used', () => {
    const { take, giveBack, size } = createCounters(limit)
    take('a')
    giveBack('a')
    giveBack('a')
    expect(size()).toBe(0)
    expect([take('a', 2), take('a')]).toEqual([0, 60_000])
  })
})

describe('failed sign-ins', () => {
  const attempt = (email: string, isKnown: boolean, address: string) => ({
    email,
    isKnown,
    address,
    device: null,
  })

  test('the sign-in limiter keeps counting a known account and an address through thousands of unknown e-mails', () => {
    const clock = manualClock()
    const limiter = createSignInLimiter(limit, clock, noTallies)
    const guess = (address: string) => limiter.attempt(attempt('ada@example.org', true, address))
    for (const address of ['192.0.2.1', '192.0.2.2']) guess(address)
    const madeUp = (n: number) => attempt(`${n}@example.org`, false, '198.51.100.1')
    for (let n = 0; n < 2; n++) limiter.attempt(madeUp(n))
    // `expect` in each round would take twenty times as long as the limiter.
    let refused = 0
    for (let n = 0; n < 80_000; n++) {
      try {
        limiter.attempt(madeUp(n))
      } catch {
        refused++
      }
    }
    expect(refused).toBe(80_000)
    // From everywhere, too.
    for (let n = 0; n < 80_000; n++)
      limiter.attempt(attempt(`${n}@example.org`, false, `2001:db8:${(n >> 8).toString(16)}:${n & 255}::1`))
    expect(() => guess('192.0.2.3')).toThrow('Too many')
  })
})

describe('combined limits', () => {
  test('combined limits are used together or not at all', () => {
    const [own, shared] = [createLimiter({ count: 3, seconds: 60 }, 'own'), createLimiter(limit, 'shared')]
    const use = () => useAll([own, 'me'], [shared, 'here'])
    use()
    use()
    for (let n = 0; n < 5; n++) expect(use).toThrow('shared')
    own('me')
    expect(use).toThrow('own')
    shared('elsewhere', 2)
  })

  test('combined limits charge the shared limit nothing when the own limit refuses', () => {
    const [own, shared] = [createLimiter({ count: 1, seconds: 60 }, 'own'), createLimiter(limit, 'shared')]
    useAll([own, 'me'], [shared, 'here'])
    for (let n = 0; n < 5; n++) expect(() => useAll([own, 'me'], [shared, 'here'])).toThrow('own')
    shared('here')
    expect(() => shared('here')).toThrow('shared')
  })
})
