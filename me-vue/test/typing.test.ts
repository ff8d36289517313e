import { expect, test } from '@jest/globals'
import { createTyping } from '../src/chat/client/typing-indicator.ts'
import { turnedClock } from './support/clock.ts'

function writer() {
  const { clock, pass } = turnedClock()
  const told: string[] = []
  const typing = createTyping({ clock, tell: (room, on) => told.push(`${room} ${on ? 'on' : 'off'}`) })
  return { ...typing, pass, told }
}

test('whoever writes on says so every three seconds at most', async () => {
  const { writing, told, pass } = writer()
  for (let n = 0; n < 61; n++) {
    writing('lobby')
    await pass(100)
  }
  expect(told).toEqual(['lobby on', 'lobby on', 'lobby on'])
})

test('whoever stops says so once, and begins anew at once', () => {
  const { writing, stopped, told } = writer()
  writing('lobby')
  stopped()
  stopped()
  writing('lobby')
  expect(told).toEqual(['lobby on', 'lobby off', 'lobby on'])
})

test('writing in another room is not writing in the first any more', () => {
  const { writing, told } = writer()
  writing('lobby')
  writing('attic')
  expect(told).toEqual(['lobby on', 'lobby off', 'attic on'])
})

test('what was said over a lost connection is said again over the next', () => {
  const { writing, forget, told } = writer()
  writing('lobby')
  forget()
  writing('lobby')
  expect(told).toEqual(['lobby on', 'lobby on'])
})
