import { expect, test } from '@jest/globals'
import { createLogAddressHash } from '../src/http/log-address-hash.ts'
import { manualClock } from './support/manual-clock.ts'
import { api } from './support/rest.ts'
import { startApp } from './support/start-app.ts'

test('the privacy page is built from the current settings', async () => {
  const app = await startApp()
  const usual = await api(app).get('/api/privacy').expect(200)
  expect(usual.body).toEqual({
    data: {
      mail: false,
      messagesKept: null,
      sessionUnused: 14,
      sessionAtMost: 90,
      browserKnown: 365,
      visitorKnown: 30,
      addressesHashed: 1,
      reportedKept: 30,
      proxies: 0,
      registration: 'open',
    },
  })
  const settings = { CHAT_RETENTION_DAYS: '30', TRUST_PROXY: '2', REGISTRATION: 'closed' }
  const other = await startApp({ settings })
  const { body } = await api(other).get('/api/privacy').expect(200)
  expect(body.data).toMatchObject({ messagesKept: 30, proxies: 2, registration: 'closed' })
})

test('/privacy has its own title and canonical link, and /account is not indexed', async () => {
  const app = await startApp()
  const privacy = await api(app).get('/privacy').expect(200)
  expect(privacy.text).toMatch(/<title>Privacy – /)
  expect(privacy.text).toContain('rel="canonical"')
  const account = await api(app).get('/account').expect(200)
  expect(account.text).toMatch(/<title>Your account – /)
  expect(account.text).toContain('<meta name="robots" content="noindex">')
})

test('the log hashes an address the same way for one day', () => {
  const clock = manualClock()
  const mask = createLogAddressHash(clock)
  const today = mask('192.0.2.1')
  expect(today).toMatch(/^[\w-]{12}$/)
  expect(mask('192.0.2.2')).not.toBe(today)
  clock.advance(24 * 3_600_000 - 1)
  expect(mask('192.0.2.1')).toBe(today)
  clock.advance(1)
  const tomorrow = mask('192.0.2.1')
  expect(tomorrow).not.toBe(today)
  expect(mask('192.0.2.1')).toBe(tomorrow)
  expect(mask(null)).toBeUndefined()
  // Another process has a key of its own: there is none to be found anywhere.
  expect(createLogAddressHash(clock)('192.0.2.1')).not.toBe(tomorrow)
})
