import { expect, test } from '@jest/globals'
import { createTyping } from '../src/chat/client/typing-indicator.ts'
import { turnedClock } from './support/clock.ts'

function writer() {
  const { clock, pass } = turnedClock()
  const told: string[] = []
  const typing = createTyping({ clock, tell: (room, on) => told.push(`${room} ${on ? 'on' : 'off'}`) })
  return { ...typing, pass, told }
}

test('a user who keeps typing is announced at most every three seconds', async () => {
  const { started, told, pass } = writer()
  for (let n = 0; n < 61; n++) {
    started('lobby')
    await pass(100)
  }
  expect(told).toEqual(['lobby on', 'lobby on', 'lobby on'])
})

test('a user who stops typing is announced once, and starts again at once', () => {
  const { started, stopped, told } = writer()
  started('lobby')
  stopped()
  stopped()
  started('lobby')
  expect(told).toEqual(['lobby on', 'lobby off', 'lobby on'])
})

test('typing in another room ends typing in the first', () => {
  const { started, told } = writer()
  started('lobby')
  started('attic')
  expect(told).toEqual(['lobby on', 'lobby off', 'attic on'])
})

test('typing is announced again after a reconnect', () => {
  const { started, forget, told } = writer()
  started('lobby')
  forget()
  started('lobby')
  expect(told).toEqual(['lobby on', 'lobby on'])
})
