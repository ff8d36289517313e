import { expect, test } from '@jest/globals'
import type { Failure } from 'me-api/contract'
import { createConnection } from '../src/chat/client/connection.ts'
import { turnedClock } from './support/clock.ts'
import { memoryStorage } from './support/storage.ts'

/** A socket whose server is played by the test; `session` is what the tab remembers. */
function line(recover: (failure: Failure) => boolean = () => false, session = memoryStorage()) {
  const { clock, pass, waiting } = turnedClock()
  const listeners = new Map<string, (about: never) => void>()
  const network = { up: true }
  const tries: string[] = []
  let over = 'nothing'
  const closings: (() => void)[] = []
  const connection = createConnection({
    socket: {
      connect: () => void tries.push(over),
      disconnect: () => {},
      on: (event: string, listener: (about: never) => void) => void listeners.set(event, listener),
    } as never,
    onceClosed: (call) => void closings.push(call),
    goOver: (transport) => void (over = transport),
    session,
    clock,
    random: () => 1,
    networkUp: () => network.up,
    recover,
    onLost: () => {},
  })
  const fail = (failure?: Failure) => listeners.get('connect_error')!({ data: failure } as never)
  connection.attempt()
  return {
    connection,
    network,
    pass,
    waiting,
    /** What each try went over. */
    tries,
    attempts: () => tries.length,
    is: () => connection.state.value.is,
    /** What an attempt, the last one unless said, went over is closed. */
    close: (attempt = closings.length) => closings[attempt - 1]!(),
    hangUp: (reason = 'transport close') => listeners.get('disconnect')!(reason as never),
    fail,
    /** Over neither transport. */
    failWholly: () => (fail(), fail()),
  }
}

test('the connection is connecting until the room has answered, then live', () => {
  const { connection, is, waiting } = line()
  expect(is()).toBe('connecting')
  connection.live()
  expect(is()).toBe('live')
  expect(waiting()).toBe(0)
})

test('the connection tells when it reconnects after a break, and reconnects then', async () => {
  const { connection, hangUp, attempts, is, pass } = line()
  connection.live()
  hangUp()
  expect(connection.state.value).toMatchObject({ is: 'reconnecting', attempt: 1 })
  await pass(1_000)
  expect(attempts()).toBe(2)
  expect(is()).toBe('connecting')
})

test('the wait between reconnects grows to at most five seconds', async () => {
  const { connection, fail, failWholly, attempts, pass } = line()
  for (const wait of [1_000, 2_000, 4_000, 5_000, 5_000]) {
    failWholly()
    const before = attempts()
    await pass(wait - 1)
    expect(attempts()).toBe(before)
    await pass(1)
    expect(attempts()).toBe(before + 1)
  }
  connection.live()
  fail()
  expect(connection.state.value).toMatchObject({ attempt: 1 })
})

test('the connection reconnects after the server hung up', async () => {
  const { connection, hangUp, attempts, pass } = line()
  connection.live()
  hangUp('io server disconnect')
  await pass(1_000)
  expect(attempts()).toBe(2)
})

test('an attempt over a WebSocket that stays silent goes on over polling within ten seconds, then times out', async () => {
  const { tries, is, pass } = line()
  await pass(6_000)
  expect(tries).toEqual(['websocket', 'polling'])
  expect(is()).toBe('connecting')
  await pass(12_000)
  expect(is()).toBe('reconnecting')
  await pass(1_000)
  expect(tries).toEqual(['websocket', 'polling', 'websocket'])
})

test('a slow network has twice the time at the second attempt', async () => {
  const { connection, tries, is, pass } = line()
  await pass(6_000 + 12_000 + 1_000)
  await pass(11_999)
  expect(tries).toHaveLength(3)
  connection.live()
  expect(is()).toBe('live')
})

test.each(['closes before the welcome', 'cannot be opened'])(
  'an attempt whose WebSocket %s goes on over polling at once, and fails with it',
  async (how) => {
    const { close, fail, tries, is, pass } = line()
    const end = how === 'cannot be opened' ? fail : close
    end()
    expect(is()).toBe('connecting')
    expect(tries).toEqual(['websocket', 'polling'])
    end()
    expect(is()).toBe('reconnecting')
    await pass(1_000)
    expect(tries).toEqual(['websocket', 'polling', 'websocket'])
  },
)

test('what a tab was live over is tried first, also after a reload', async () => {
  const session = memoryStorage()
  const { connection, fail, failWholly, hangUp, tries, pass } = line(undefined, session)
  fail()
  connection.live()
  expect(connection.state.value).toMatchObject({ is: 'live', over: 'polling' })
  hangUp()
  await pass(1_000)
  expect(tries).toEqual(['websocket', 'polling', 'polling'])
  failWholly()
  await pass(2_000)
  expect(tries.slice(3)).toEqual(['websocket', 'polling'])

  const reloaded = line(undefined, session)
  expect(reloaded.tries).toEqual(['polling'])
  reloaded.fail()
  reloaded.connection.live()
  expect(reloaded.connection.state.value).toMatchObject({ over: 'websocket' })
  expect(line(undefined, session).tries).toEqual(['websocket'])
})

test('where both transports fail, nothing is remembered of them', () => {
  const session = memoryStorage()
  line(undefined, session).failWholly()
  expect(line(undefined, session).tries).toEqual(['websocket'])
})

test('a refusal is not asked for again over the other transport', () => {
  const { fail, tries, is } = line()
  fail({ code: 'RATE_LIMITED', message: '' })
  expect(tries).toEqual(['websocket'])
  expect(is()).toBe('refused')
})

test('a connection over polling returns to WebSocket when told, and to polling where that was too early', () => {
  const { connection, fail, tries } = line()
  fail()
  connection.live()
  connection.preferWebSocket()
  fail()
  connection.live()
  expect(tries).toEqual(['websocket', 'polling', 'websocket', 'polling'])
  expect(connection.state.value).toMatchObject({ is: 'live', over: 'polling' })
})

test('a paused connection waits until the page is shown again', async () => {
  const { connection, attempts, is, pass } = line()
  connection.live()
  connection.pause()
  await pass(3_600_000)
  expect(is()).toBe('paused')
  expect(attempts()).toBe(1)
  connection.hurry()
  expect(is()).toBe('connecting')
  expect(attempts()).toBe(2)
})

test('the closing of a former transport changes nothing', async () => {
  const { connection, close, fail, attempts, is, pass } = line()
  connection.attempt()
  close(1)
  expect(is()).toBe('connecting')
  connection.live()
  close()
  expect(is()).toBe('live')
  connection.attempt()
  fail({ code: 'BANNED', message: '' })
  close()
  expect(is()).toBe('refused')
  await pass(59_999)
  expect(attempts()).toBe(3)
})

test('the connection is offline while the network is down, and keeps trying', async () => {
  const { connection, failWholly, hangUp, network, attempts, is, pass } = line()
  connection.live()
  network.up = false
  hangUp()
  expect(is()).toBe('offline')
  await pass(1_000)
  expect(attempts()).toBe(2)
  expect(is()).toBe('offline')
  failWholly()
  await pass(2_000)
  expect(attempts()).toBe(4)
  connection.live()
  expect(is()).toBe('live')
})

test('a refused connection shows its reason and retries when the refusal is over', async () => {
  const { connection, fail, attempts, is, pass } = line()
  fail({ code: 'RATE_LIMITED', message: 'slowly', retryAfter: 30 })
  expect(connection.state.value).toMatchObject({ is: 'refused', code: 'RATE_LIMITED', message: 'slowly' })
  connection.hurry()
  await pass(29_999)
  expect(attempts()).toBe(1)
  await pass(1)
  expect(attempts()).toBe(2)
  expect(is()).toBe('connecting')
})

test('a refusal that can be fixed is retried at once', () => {
  const { fail, attempts, is } = line(({ code }) => code === 'TOKEN_INVALID')
  fail({ code: 'TOKEN_INVALID', message: '' })
  expect(attempts()).toBe(2)
  expect(is()).toBe('connecting')
})

test('the connection waits for an announced restart as long as the server asked', async () => {
  const { connection, hangUp, attempts, pass } = line()
  connection.live()
  connection.expectRestart(4)
  hangUp('io server disconnect')
  await pass(3_999)
  expect(attempts()).toBe(1)
  await pass(1)
  expect(attempts()).toBe(2)
})

test('the connection reconnects at once when the page is shown again', async () => {
  const { connection, failWholly, attempts, pass } = line()
  failWholly()
  await pass(1_000)
  failWholly()
  await pass(2_000)
  failWholly()
  await pass(2_500)
  const before = attempts()
  connection.hurry()
  expect(attempts()).toBe(before + 1)
  connection.hurry()
  expect(attempts()).toBe(before + 1)
})

test('every state but live and paused has one timer that ends it', async () => {
  const { connection, fail, hangUp, network, waiting, pass } = line()
  const steps = [
    () => fail(),
    () => pass(12_000),
    () => fail({ code: 'BANNED', message: '' }),
    () => pass(60_000),
    () => ((network.up = false), hangUp()),
    () => connection.attempt(),
    () => connection.silent(),
  ]
  for (const step of steps) {
    await step()
    expect(waiting()).toBe(1)
  }
})

test('a wait longer than a browser’s timer ends after a day', async () => {
  const { fail, attempts, pass } = line()
  fail({ code: 'BANNED', message: '', retryAfter: 525_600 * 60 })
  await pass(86_399_000)
  expect(attempts()).toBe(1)
  await pass(1_000)
  expect(attempts()).toBe(2)
})

test('a connection closed with SLOW_DOWN shows the reason and waits as long as the server said', async () => {
  const { connection, hangUp, attempts, pass } = line()
  connection.live()
  connection.slowDown({ message: 'slowly', retryAfter: 7 })
  hangUp()
  expect(connection.state.value).toMatchObject({ is: 'refused', code: 'SLOW_DOWN', message: 'slowly' })
  connection.hurry()
  await pass(6_999)
  expect(attempts()).toBe(1)
  await pass(1)
  expect(attempts()).toBe(2)
  connection.live()
  hangUp()
  expect(connection.state.value).toMatchObject({ is: 'reconnecting' })
})
