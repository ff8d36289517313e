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
  const { writing, told, pass } = writer()
  for (let n = 0; n < 61; n++) {
    writing('lobby')
    await pass(100)
  }
  expect(told).toEqual(['lobby on', 'lobby on', 'lobby on'])
})

test('a user who stops typing is announced once, and starts again at once', () => {
  const { writing, stopped, told } = writer()
  writing('lobby')
  stopped()
  stopped()
  writing('lobby')
  expect(told).toEqual(['lobby on', 'lobby off', 'lobby on'])
})

test('typing in another room ends typing in the first', () => {
  const { writing, told } = writer()
  writing('lobby')
  writing('attic')
  expect(told).toEqual(['lobby on', 'lobby off', 'attic on'])
})

test('typing is announced again after a reconnect', () => {
  const { writing, forget, told } = writer()
  writing('lobby')
  forget()
  writing('lobby')
  expect(told).toEqual(['lobby on', 'lobby on'])
})
