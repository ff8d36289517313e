import { describe, expect, test } from '@jest/globals'
import { nextTick, ref, shallowReactive } from 'vue'
import type { Connection } from '../src/chat/client/connection.ts'
import { sharePolling } from '../src/chat/client/polling-tabs.ts'
import { settled, turnedClock } from './support/clock.ts'

const live = (over: 'websocket' | 'polling'): Connection => ({ is: 'live', over, since: 0, reconnects: 0 })

/** A tab of a browser that has more of them. */
function tab({ over = 'polling' as 'websocket' | 'polling', hidden = false, keeps = false } = {}) {
  const { clock, pass } = turnedClock()
  const here = { hidden: ref(hidden), keeps: ref(keeps), webSocketWorks: false, checks: 0 }
  const chat = shallowReactive({
    connection: live(over),
    outbox: [] as string[],
    connect: () => void (chat.connection = live('polling')),
    pause: () => void (chat.connection = { is: 'paused' }),
    preferWebSocket: () => void (chat.connection = live('websocket')),
  })
  sharePolling({
    chat,
    isHidden: () => here.hidden.value,
    keeps: here.keeps,
    doesWebSocketWork: async () => (here.checks++, here.webSocketWorks),
    clock,
  })
  const wait = async (milliseconds: number) => {
    await nextTick()
    await pass(milliseconds)
    await settled()
  }
  return { chat, here, wait, is: () => chat.connection.is }
}

describe('a hidden tab', () => {
  test('lets its connection go while it polls', async () => {
    const { here, wait, is } = tab()
    await wait(60_000)
    expect(is()).toBe('live')
    here.hidden.value = true
    await wait(1_000)
    expect(is()).toBe('paused')
  })

  test('that is shown again at once never lost its connection', async () => {
    const { here, wait, is } = tab({ hidden: true })
    await wait(900)
    here.hidden.value = false
    await wait(60_000)
    expect(is()).toBe('live')
  })

  test.each([
    ['over WebSocket', tab({ over: 'websocket', hidden: true })],
    ['that notifies', tab({ hidden: true, keeps: true })],
  ])('%s keeps its connection', async (_, { wait, is }) => {
    await wait(60_000)
    expect(is()).toBe('live')
  })

  test('lets its connection go only once all it wrote is sent', async () => {
    const { chat, here, wait, is } = tab()
    chat.outbox = ['still on its way']
    here.hidden.value = true
    await wait(60_000)
    expect(is()).toBe('live')
    chat.outbox = []
    await wait(1_000)
    expect(is()).toBe('paused')
  })

  test('connects again when it is the one that notifies', async () => {
    const { here, wait, is } = tab({ hidden: true })
    await wait(1_000)
    expect(is()).toBe('paused')
    here.keeps.value = true
    await wait(60_000)
    expect(is()).toBe('live')
  })
})

describe('a tab that polls', () => {
  test('looks at WebSocket ever less often, and returns to it once it works', async () => {
    const { chat, here, wait } = tab()
    await wait(15_000)
    expect(here.checks).toBe(1)
    await wait(30_000 + 60_000 + 120_000 + 240_000)
    expect(here.checks).toBe(5)
    await wait(300_000 + 300_000)
    expect(here.checks).toBe(7)
    here.webSocketWorks = true
    await wait(300_000)
    expect(chat.connection).toMatchObject({ over: 'websocket' })
    await wait(3_600_000)
    expect(here.checks).toBe(8)
  })

  test('does not look at WebSocket while its connection is let go', async () => {
    const { here, wait, is } = tab({ hidden: true })
    await wait(3_600_000)
    expect(is()).toBe('paused')
    expect(here.checks).toBe(0)
  })
})
