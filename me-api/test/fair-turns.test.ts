import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import type { Request, Response } from 'express'
import { fairTurns } from '../src/http/fair-turns.ts'

/** What the address `from` asks for is noted as it is served. */
function house() {
  const served: (string | null)[] = []
  const handler = fairTurns((req) => (req as Request).ip ?? null)
  const ask = (from: string | null) =>
    void handler({ ip: from } as Request, {} as Response, () => void served.push(from))
  return { served, ask, countOf: (from: string | null) => served.filter((one) => one === from).length }
}

test('who asks once is served beside the first few of a crowd from one address', async () => {
  const { ask, countOf } = house()
  for (let n = 0; n < 1_000; n += 1) ask('203.0.113.1')
  ask('203.0.113.2')
  await turn()
  expect(countOf('203.0.113.2')).toBe(1)
  expect(countOf('203.0.113.1')).toBeLessThan(10)
  while (countOf('203.0.113.1') < 1_000) {
    const before = countOf('203.0.113.1')
    await turn()
    expect(countOf('203.0.113.1')).toBeGreaterThan(before)
  }
})

test('an IPv6 /64 is one address', async () => {
  const { ask, served, countOf } = house()
  for (let n = 0; n < 100; n += 1) ask(`2001:db8:0:1::${n}`)
  ask('2001:db8:0:2::1')
  await turn()
  expect(countOf('2001:db8:0:2::1')).toBe(1)
  expect(served.length).toBeLessThan(10)
})

test('where addresses are not to be believed nobody waits', () => {
  const { ask, countOf } = house()
  for (let n = 0; n < 100; n += 1) ask(null)
  expect(countOf(null)).toBe(100)
})
