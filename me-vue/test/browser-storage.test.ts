import { afterEach, expect, test } from '@jest/globals'
import { visitorHeaders } from '../src/api/visitor-token.ts'
import { createCredentials } from '../src/chat/client/credentials.ts'
import { browserStorage, tabStorage } from '../src/platform/browser-storage.ts'

const stores = ['localStorage', 'sessionStorage'] as const

/** Replaces the browser's storages by what `get` returns or throws. */
function replaceStorage(get: () => unknown): void {
  for (const name of stores) Object.defineProperty(globalThis, name, { get, configurable: true })
}
const denied = () => {
  throw new DOMException('denied', 'SecurityError')
}
const full = () => {
  const held = new Map([['old', 'value']])
  return {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError')
    },
    removeItem: (key: string) => held.delete(key),
  }
}

afterEach(() => {
  for (const key of ['key', 'old', 'me.chat.token', 'me.chat.nick']) browserStorage.removeItem(key)
})

for (const [state, get] of [
  ['forbidden', denied],
  ['full', full],
] as const) {
  test(`where storage is ${state}, everything that reads it sees what was written last`, () => {
    replaceStorage(get)
    for (const storage of [browserStorage, tabStorage]) {
      expect(storage.getItem('key')).toBeNull()
      storage.setItem('key', 'one')
      storage.setItem('key', 'two')
      expect(storage.getItem('key')).toBe('two')
      storage.removeItem('key')
      expect(storage.getItem('key')).toBeNull()
    }
  })

  test(`where storage is ${state}, REST and the socket know the same visitor`, () => {
    replaceStorage(get)
    const credentials = createCredentials({ local: browserStorage, tab: 'tab', signedIn: () => false })
    credentials.keep({ self: { id: 'v', nick: 'Ada', role: 'visitor' }, token: 'secret' })
    expect(credentials.handshake()).toEqual({ tab: 'tab', token: 'secret' })
    expect(visitorHeaders()).toEqual({ authorization: 'Bearer secret' })
  })
}

test('what a storage takes again replaces what was kept for the page', () => {
  replaceStorage(denied)
  browserStorage.setItem('key', 'before')
  const held = new Map<string, string>()
  replaceStorage(() => ({
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => held.set(key, value),
    removeItem: (key: string) => held.delete(key),
  }))
  browserStorage.setItem('key', 'after')
  held.set('key', 'of another tab')
  expect(browserStorage.getItem('key')).toBe('of another tab')
})
