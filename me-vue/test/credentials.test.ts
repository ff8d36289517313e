import { expect, test } from '@jest/globals'
import { createCredentials } from '../src/chat/client/credentials.ts'
import { uuid } from '../src/chat/outbox/uuid.ts'
import { claimTabId } from '../src/chat/client/tab-id.ts'
import { memoryStorage } from './support/storage.ts'

const ada = { id: 'a', nick: 'Ada', role: 'visitor' } as const
const visitor = (local = memoryStorage(), signedIn = () => false) =>
  createCredentials({ local, tab: 'tab', signedIn })

test('a new visitor’s handshake has no nick and no token', () => {
  expect(visitor().handshake()).toEqual({ tab: 'tab' })
})

test('the handshake sends the stored token, or the nick once the token is dropped', () => {
  const local = memoryStorage()
  visitor(local).keep({ self: ada, token: 'secret' })
  const later = visitor(local)
  expect(later.handshake()).toEqual({ tab: 'tab', token: 'secret' })
  expect(later.dropToken()).toBe(true)
  expect(later.handshake()).toEqual({ tab: 'tab', nick: 'Ada' })
  expect(later.dropToken()).toBe(false)
})

test('a refused nick is not sent again, and stays as a suggestion', () => {
  const local = memoryStorage({ 'me.chat.nick': 'Ada' })
  const credentials = visitor(local)
  expect(credentials.onlyRead()).toBe(true)
  expect(credentials.handshake()).toEqual({ tab: 'tab' })
  expect(credentials.onlyRead()).toBe(false)
  expect(credentials.nick()).toBe('Ada')
})

test('the handshake of a signed-in user sends neither nick nor token, and keeps the visitor’s own stored', () => {
  const local = memoryStorage({ 'me.chat.token': 'secret', 'me.chat.nick': 'Ada' })
  const credentials = visitor(local, () => true)
  expect(credentials.handshake()).toEqual({ tab: 'tab' })
  credentials.keep({ self: { id: 'o', nick: 'Owner', role: 'owner' }, token: null })
  expect(credentials.nick()).toBe('Ada')
})

test('a banned user connects as a reader, and as themselves afterwards', () => {
  const credentials = visitor(memoryStorage({ 'me.chat.token': 'secret' }), () => true)
  expect(credentials.setBanned(true)).toBe(true)
  expect(credentials.handshake()).toEqual({ reader: true, tab: 'tab' })
  expect(credentials.setBanned(true)).toBe(false)
  expect(credentials.setBanned(false)).toBe(true)
  expect(credentials.handshake()).toEqual({ tab: 'tab' })
})

test('a tab keeps its id over a reload, and a duplicated tab gets another', () => {
  const session = memoryStorage()
  const page = new EventTarget() as Window
  let names = 0
  const name = () => claimTabId(session, page, () => `tab ${++names}`)
  expect(name()).toBe('tab 1')
  const duplicate = memoryStorage(session.everything())
  expect(claimTabId(duplicate, new EventTarget() as Window, () => 'another')).toBe('another')
  page.dispatchEvent(new Event('pagehide'))
  expect(name()).toBe('tab 1')
})

test('uuid makes a UUID also in a browser without randomUUID', () => {
  const getRandomValues = crypto.getRandomValues.bind(crypto)
  const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  for (let n = 0; n < 100; n++) expect(uuid({ getRandomValues })).toMatch(pattern)
  expect(uuid()).toMatch(pattern)
})
