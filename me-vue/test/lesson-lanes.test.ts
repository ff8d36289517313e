import { describe, expect, jest, test } from '@jest/globals'
import type { Message } from 'me-api/contract'
import { reactive } from 'vue'
import { createLane, type LaneKind, type Said, type Tools } from '../src/lesson/create-lane.ts'
import { clockOffset, delaysOf, heightOf } from '../src/lesson/delays.ts'
import { loserOf, returnOf, stateOf } from '../src/lesson/lane-words.ts'
import { countLost, tilesOf } from '../src/lesson/tiles.ts'
import { restingIn } from '../src/lesson/turns.ts'
import { turnedClock } from './support/clock.ts'
import { message } from './support/messages.ts'

describe('the server’s clock', () => {
  test('is read in the middle of the shortest round trip', () => {
    const samples = [
      { sentAt: 0, answeredAt: 100, serverTime: 5_080 },
      { sentAt: 200, answeredAt: 210, serverTime: 5_205 },
      { sentAt: 300, answeredAt: 340, serverTime: 5_300 },
    ]
    expect(clockOffset(samples)).toEqual({ offset: 5_000, uncertainty: 5 })
  })
  test('is anything where nobody has asked', () => {
    expect(clockOffset([])).toEqual({ offset: 0, uncertainty: Infinity })
  })
})

describe('delays', () => {
  test('have a last, a middle and a longest one', () => {
    expect(delaysOf([9, 200, 5, 7])).toEqual({ last: 7, median: 7, worst: 200 })
    expect(delaysOf([12])).toEqual({ last: 12, median: 12, worst: 12 })
    expect(delaysOf([])).toBeUndefined()
  })
  test('stand a quarter higher in the chart for each ten times, within its bounds', () => {
    expect([0, 1, 10, 100, 1_000, 10_000, 99_999].map(heightOf)).toEqual(
      [0, 0, 0.25, 0.5, 0.75, 1, 1].map((height) => expect.closeTo(height)),
    )
  })
})

describe('tiles', () => {
  const lane = { arrived: new Set([3, 4, 7]), connectedAfter: 0 }
  const kinds = (forgets: boolean, connectedAfter = 0) =>
    tilesOf({ ...lane, forgets, connectedAfter }, 3, 9).map(({ is }) => is)

  test('what is not there is coming to a lane that asks for it', () => {
    expect(kinds(false, 8)).toEqual(['here', 'here', 'coming', 'coming', 'here', 'coming', 'coming'])
  })
  test('and lost to one that does not, where a later one has arrived', () => {
    expect(kinds(true)).toEqual(['here', 'here', 'lost', 'lost', 'here', 'coming', 'coming'])
  })
  test('or where it was said before the lane was connected', () => {
    const tiles = tilesOf({ ...lane, forgets: true, connectedAfter: 8 }, 3, 9)
    expect(tiles.map(({ is }) => is)).toEqual(['here', 'here', 'lost', 'lost', 'here', 'lost', 'coming'])
    expect(countLost(tiles)).toBe(3)
  })
  test('there are none before something is said', () => {
    expect(tilesOf({ arrived: new Set(), forgets: true, connectedAfter: 0 }, Infinity, 0)).toEqual([])
  })
})

describe('turns', () => {
  test('nobody rests where there is a place for everybody', () => {
    expect(restingIn(3, ['a', 'b'], 2)).toEqual([])
    expect(restingIn(0, [], 3)).toEqual([])
  })
  test('one after the other rests, and each as often', () => {
    expect([0, 1, 2, 3].map((turn) => restingIn(turn, ['a', 'b', 'c'], 2))).toEqual([
      ['a'],
      ['b'],
      ['c'],
      ['a'],
    ])
    expect([0, 1, 2].map((turn) => restingIn(turn, ['a', 'b', 'c'], 1))).toEqual([
      ['a', 'b'],
      ['c', 'a'],
      ['b', 'c'],
    ])
  })
})

describe('a lane', () => {
  /** A message that was sent when the clock stood at so many milliseconds. */
  const say = (seq: number, time: number): Message => message(seq, { sentAt: new Date(time).toISOString() })

  /** A lane whose reader the test plays; the server's clock is the page's. */
  function laneOf({ forgets = false } = {}) {
    const { clock, pass } = turnedClock(10_000)
    const said = reactive(new Map<number, Said>())
    let tools: Tools | undefined
    const reader = { open: jest.fn(), close: jest.fn() }
    const kind: LaneKind = {
      name: 'sse',
      read: (given) => {
        tools = given
        return reader
      },
      owns: () => false,
      isCounted: true,
      forgets,
      sharesConnections: false,
      holds: 'always',
      code: async () => '',
    }
    const lane = createLane({ kind, clock, serverNow: clock.now, said })
    lane.prepare('~lesson', 41)
    lane.open()
    return { lane, pass, said, reader, tools: tools! }
  }
  const settle = 1_000

  test('begins after the change it is given, and has arrived messages with their delay, each once', () => {
    const { lane, tools } = laneOf()
    expect(tools).toMatchObject({ room: '~lesson', after: 41 })
    tools.onOpen(41)
    tools.onMessages([say(8, 8_000), say(9, 9_000)])
    tools.onMessages([say(9, 9_000)])
    expect(lane.arrivals).toEqual([
      { seq: 8, delay: 2_000 },
      { seq: 9, delay: 1_000 },
    ])
    expect(lane.back).toBeUndefined()
  })

  test('a message from a clock that is ahead has no delay below zero', () => {
    const { lane, tools } = laneOf()
    tools.onMessages([say(11, 11_000)])
    expect(lane.arrivals).toEqual([{ seq: 11, delay: 0 }])
  })

  test('says after a cut how long it was away and what it got', async () => {
    const { lane, pass, tools, reader } = laneOf()
    tools.onOpen(41)
    tools.onMessages([say(10, 10_000)])
    lane.close()
    expect(reader.close).toHaveBeenCalledTimes(1)
    // The closing that the page has asked for is no loss.
    tools.onLost()
    expect(lane.is).toBe('away')
    await pass(2_000)
    lane.open()
    tools.onOpen(42)
    tools.onMessages([say(11, 11_000), say(12, 11_500)])
    await pass(settle)
    expect(lane.back).toEqual({ seconds: 2, cursor: 42, found: 2, lost: 0 })
  })

  test('what is said after it has come back is not what it missed', async () => {
    const { lane, pass, tools } = laneOf()
    tools.onOpen(41)
    lane.close()
    await pass(2_000)
    lane.open()
    tools.onOpen(42)
    await pass(400)
    tools.onMessages([say(11, 11_000), say(12, 12_300)])
    await pass(settle)
    expect(lane.back).toEqual({ seconds: 2, cursor: 42, found: 1, lost: 0 })
  })

  test('counts what it missed also where that comes late, or where another lane tells of it late', async () => {
    const { lane, pass, tools, said } = laneOf()
    tools.onOpen(41)
    lane.close()
    await pass(2_000)
    lane.open()
    tools.onOpen(42)
    await pass(settle)
    expect(lane.back).toEqual({ seconds: 2, cursor: 42, found: 0, lost: 0 })
    said.set(12, { seq: 12, at: 11_500 })
    expect(lane.back).toMatchObject({ found: 0, lost: 1 })
    tools.onMessages([say(11, 11_000), say(12, 11_500), say(13, 13_500)])
    expect(lane.back).toMatchObject({ found: 2, lost: 0 })
    expect(lane.connectedAfter).toBe(12)
  })

  test('and the page remember the newest messages only, however long they run', () => {
    const { lane, tools, said } = laneOf()
    const all = Array.from({ length: 5_000 }, (_, at) => say(at + 1, at))
    for (let at = 0; at < all.length; at += 20) tools.onMessages(all.slice(at, at + 20))
    expect([lane.arrived.size, said.size]).toEqual([2_000, 2_000])
    expect(Math.min(...lane.arrived)).toBe(3_001)
    expect(lane.arrivals).toHaveLength(40)
  })

  test('that keeps no cursor counts what others have heard and it has not, each time anew', async () => {
    const { lane, pass, tools, said } = laneOf({ forgets: true })
    tools.onOpen()
    for (const seq of [11, 13]) {
      lane.close()
      await pass(2_000)
      said.set(seq, { seq, at: seq * 1_000 })
      lane.open()
      tools.onOpen()
      await pass(settle)
      expect(lane.back).toEqual({ seconds: 2, cursor: undefined, found: 0, lost: 1 })
      expect(lane.connectedAfter).toBe(seq)
    }
  })

  test('remembers that WebSockets are refused until one gets through', () => {
    const { lane, tools } = laneOf()
    tools.tellEngine({ over: 'polling', isRefused: false })
    expect(lane.engine).toEqual({ over: 'polling', isRefused: false })
    tools.tellEngine({ over: 'polling', isRefused: true })
    tools.tellEngine({ over: 'polling', isRefused: false })
    expect(lane.engine).toEqual({ over: 'polling', isRefused: true })
    tools.tellEngine({ over: 'websocket', isRefused: false })
    tools.tellEngine({ over: 'polling', isRefused: false })
    expect(lane.engine).toEqual({ over: 'polling', isRefused: false })
  })

  test('is in words what it is', () => {
    const { lane, tools } = laneOf()
    const now = (is: 'running' | 'cut' | 'stopped' = 'running', isResting = false, othersAreOpen = true) =>
      stateOf(lane, { is, isResting, othersAreOpen }).key
    expect(now()).toBe('state.connecting')
    tools.onLost('refused')
    expect(now()).toBe('state.refused')
    // Where no lane gets through, nothing refuses: there is no server.
    expect(now('running', false, false)).toBe('state.lost')
    tools.onOpen(41)
    expect(now()).toBe('state.open.sse')
    tools.tellEngine({ over: 'polling', isRefused: true })
    expect(now()).toBe('state.open.refusedPolling')
    tools.tellEngine({ over: 'websocket', isRefused: false })
    expect(now()).toBe('state.open.upgraded')
    lane.close()
    expect([now('cut'), now('stopped'), now('running', true)]).toEqual([
      'state.cut',
      'state.closed',
      'state.resting',
    ])
  })

  test('tells what it did as what it is', () => {
    const back = { seconds: 2.1, cursor: 41, found: 3, lost: 0 }
    const { kind } = laneOf().lane
    expect(returnOf({ back: undefined, kind })).toBeUndefined()
    expect(returnOf({ back, kind })).toEqual({
      key: 'back.asked',
      values: { seconds: 2.1, cursor: 41, n: 3 },
    })
    expect(returnOf({ back: { ...back, lost: 2 }, kind: { ...kind, forgets: true } })).toEqual({
      key: 'back.forgot',
      values: { seconds: 2.1, n: 2 },
    })
  })

  test('alone has lost something only once all are back', () => {
    const { kind } = laneOf().lane
    const back = { seconds: 2.1, cursor: 41, found: 3, lost: 0 }
    const kept = { kind, back }
    const loser = { kind: { ...kind, name: 'plain' }, back: { ...back, found: 0, lost: 3 } }
    expect(loserOf([kept, kept, loser])).toEqual({ name: 'plain', lost: 3 })
    for (const lanes of [[], [kept], [kept, { kind, back: undefined }, loser], [kept, loser, loser]])
      expect(loserOf(lanes)).toBeUndefined()
  })
})
