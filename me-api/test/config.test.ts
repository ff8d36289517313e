import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readConfig, settingNames } from '../src/config.ts'
import { Stop } from '../src/errors.ts'

const linesOf = (settings: Record<string, string>): string[] => {
  try {
    readConfig(settings)
  } catch (error) {
    if (error instanceof Stop) return error.lines
  }
  return []
}

test('readConfig returns the defaults without any setting', () => {
  expect(readConfig({ PATH: '/bin', PORT: '', LOG_LEVEL: '  ' })).toEqual({
    PORT: 1337,
    HOST: '127.0.0.1',
    SITE_LANGUAGE: 'en',
    DATABASE_URL: { kind: 'sqlite', path: './data/me.db' },
    SITE_ORIGINS: [],
    TRUST_PROXY: 0,
    LIMIT_MESSAGES: { count: 10, seconds: 10 },
    LIMIT_ADDRESS_MESSAGES: { count: 100, seconds: 10 },
    LIMIT_BOTS: { count: 60, seconds: 60 },
    LIMIT_CONNECTIONS: 20,
    LIMIT_EVENTS: { count: 200, seconds: 10 },
    LIMIT_JOINS: { count: 30, seconds: 600 },
    LIMIT_REQUESTS: { count: 600, seconds: 10 },
    LIMIT_NEWCOMER: 300,
    PROOF_OF_WORK: 'auto',
    LIMIT_LOGINS: { count: 10, seconds: 900 },
    REGISTRATION: 'open',
    CHAT_RETENTION_DAYS: 0,
    OUTBOUND_PRIVATE: false,
    LOG_LEVEL: 'info',
  })
})

test.each([
  ['sv', 'sv'],
  ['nb-no', 'nb-NO'],
  ['zh-hant', 'zh-Hant'],
])('SITE_LANGUAGE=%s is read as %s', (given, read) => {
  expect(readConfig({ SITE_LANGUAGE: given }).SITE_LANGUAGE).toBe(read)
})

test('readConfig reads `off` as no limit, and lists', () => {
  const settings = {
    LIMIT_MESSAGES: 'off',
    LIMIT_CONNECTIONS: 'off',
    LIMIT_NEWCOMER: 'off',
    LIMIT_REQUESTS: 'off',
    SITE_ORIGINS: 'https://a.example, http://localhost:5173',
    SESSION_SECRET: 'sixteen letters or more, and another sixteen letters',
    DATABASE_URL: 'file:///srv/me.db',
  }
  expect(readConfig(settings)).toMatchObject({
    LIMIT_MESSAGES: null,
    LIMIT_CONNECTIONS: null,
    LIMIT_NEWCOMER: null,
    LIMIT_REQUESTS: null,
    SITE_ORIGINS: ['https://a.example', 'http://localhost:5173'],
    SESSION_SECRET: ['sixteen letters or more', 'and another sixteen letters'],
    DATABASE_URL: { kind: 'sqlite', path: '/srv/me.db' },
  })
})

test.each([
  ['https://example.org', 'https://example.org'],
  ['http://localhost:8080', 'http://localhost:8080'],
  ['https://[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
  ['HTTPS://Example.ORG.:443', 'https://example.org'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['https://http://example.org', 'http://example.org'],
  ['https://https://example.org', 'https://example.org'],
])('SITE_URL=%s is read as %s', (given, read) => {
  expect(readConfig({ SITE_URL: given }).SITE_URL).toBe(read)
})

test.each([
  [
    'smtp://mail.example.org',
    { host: 'mail.example.org', port: 587, isSecure: false, isNear: false, auth: null },
  ],
  [
    'smtps://ada%40example.org:p%3Aw@mail.example.org',
    { port: 465, isSecure: true, auth: { user: 'ada@example.org', pass: 'p:w' } },
  ],
  ['smtp://[::1]:2525/', { host: '::1', port: 2525, isNear: true }],
  ['smtp://mailpit:1025', { host: 'mailpit', port: 1025, isNear: true }],
])('SMTP_URL=%s is read', (SMTP_URL, read) => {
  expect(readConfig({ SMTP_URL, MAIL_FROM: 'a@b.example' }).SMTP_URL).toMatchObject(read)
})

test.each([
  ['house@example.org', { name: '', address: 'house@example.org' }],
  ['The house <house@example.org>', { name: 'The house', address: 'house@example.org' }],
  ['"The house, lit" <house@localhost>', { name: 'The house, lit', address: 'house@localhost' }],
])('MAIL_FROM=%s is read', (MAIL_FROM, read) => {
  expect(readConfig({ SMTP_URL: 'smtp://localhost', MAIL_FROM }).MAIL_FROM).toEqual(read)
})

test('of a mail server’s address that is refused the line has no part', () => {
  expect(linesOf({ SMTP_URL: 'smtp://ada:secret@', MAIL_FROM: 'a@b.example' })[0]).not.toContain('secret')
})

test.each([
  'postgres://me:100%25@db/me',
  'postgres:///me?host=/run/postgresql',
  'postgres://%2Frun%2Fpostgresql/me',
])('DATABASE_URL=%s is read', (url) => {
  expect(readConfig({ DATABASE_URL: url, SESSION_SECRET: 'x'.repeat(16) }).DATABASE_URL).toEqual({
    kind: 'postgres',
    url,
  })
})

describe('invalid settings', () => {
  test.each([
    ['PORT', 'http'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['DATABASE_URL', 'mysql://x'],
    ['DATABASE_URL', 'file:'],
    ['DATABASE_URL', 'postgres://'],
    ['DATABASE_URL', 'postgres:///me'],
    ['DATABASE_URL', 'postgres://me:100%@x/me'],
    ['DATABASE_URL', 'postgres://p%zz/me'],
    ['DATABASE_URL', 'postgres://x/m%e5'],
    ['REDIS_URL', 'redis://x'],
    ['REDIS_URL', 'http://x'],
    ['REDIS_URL', 'redis://'],
    ['REDIS_URL', 'redis://x:port'],
    ['REDIS_URL', 'redis://me:100%@x'],
    ['REDIS_URL', 'redis://x/chat'],
    ['SESSION_SECRET', 'short'],
    ['OWNER_EMAIL', 'nobody'],
    ['OWNER_EMAIL', 'me@example.org'],
    ['OWNER_PASSWORD', 'short'],
    ['SITE_LANGUAGE', 'swedish please'],
    ['SITE_LANGUAGE', 'x'],
    ['SITE_LANGUAGE', 'sv_SE'],
    ['SITE_URL', 'example.org'],
    ['SITE_URL', 'https://'],
    ['SITE_URL', 'https://example.org/'],
    ['SITE_URL', 'https://example.org/blog'],
    ['SITE_URL', 'https://example.org?a'],
    ['SITE_URL', 'https://example.org#a'],
    ['SITE_URL', 'https://me@example.org'],
    ['SITE_URL', 'https://exa mple.org'],
    ['SITE_URL', 'https://example.org:99999'],
    ['SITE_URL', 'ftp://example.org'],
    ['SITE_ORIGINS', 'example.org'],
    ['SITE_ORIGINS', 'https://example.org/'],
    ['TRUST_PROXY', 'yes'],
    ['LIMIT_MESSAGES', '10'],
    ['LIMIT_MESSAGES', '0/10s'],
    ['LIMIT_MESSAGES', '10/10s/10s'],
    ['LIMIT_ADDRESS_MESSAGES', '100/s'],
    ['LIMIT_EVENTS', '200'],
    ['LIMIT_CONNECTIONS', '0'],
    ['LIMIT_JOINS', '30/10w'],
    ['LIMIT_NEWCOMER', '5'],
    ['LIMIT_REQUESTS', '600'],
    ['PROOF_OF_WORK', 'maybe'],
    ['REGISTRATION', 'ajar'],
    ['CHAT_RETENTION_DAYS', '1.5'],
    ['OUTBOUND_PRIVATE', 'yes'],
    ['PUSH_SUBJECT', 'ada@example.org'],
    ['PUSH_SUBJECT', 'mailto:ada@localhost'],
    ['PUSH_SUBJECT', 'mailto:ada@house.local'],
    ['PUSH_SUBJECT', 'https://house.invalid'],
    ['PUSH_SUBJECT', 'https://127.0.0.1'],
    ['PUSH_SUBJECT', 'http://example.org'],
    ['SMTP_URL', 'mail.example.org'],
    ['SMTP_URL', 'https://mail.example.org'],
    ['SMTP_URL', 'smtp://'],
    ['SMTP_URL', 'smtp://mail.example.org:99999'],
    ['SMTP_URL', 'smtp://mail.example.org:0'],
    ['SMTP_URL', 'smtp://ada@mail.example.org'],
    ['SMTP_URL', 'smtp://ada:100%@mail.example.org'],
    ['SMTP_URL', 'smtp://mail.example.org/inbox'],
    ['SMTP_URL', 'smtp://mail.example.org?pool=true'],
    ['SMTP_URL', 'smtp://mail.example.org'],
    ['MAIL_FROM', 'house'],
    ['MAIL_FROM', 'The house'],
    ['MAIL_FROM', 'The house <house>'],
    ['MAIL_FROM', 'a@example.org, b@example.org'],
    ['MAIL_FROM', 'house@example.org\r\nBcc: eve@example.org'],
    ['MAIL_FROM', 'house@example.org'],
    ['METRICS_TOKEN', 'x'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s is refused in one line that names the setting', (name, value) => {
    const lines = linesOf({ [name]: value })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^[A-Z_]+: \S/)
    expect(lines[0]).toContain(name.startsWith('OWNER') ? 'OWNER' : name)
    expect(lines[0]).not.toMatch(/Invalid input|expected/)
  })

  test('several invalid settings are refused with one line each', () => {
    expect(linesOf({ PORT: 'x', LOG_LEVEL: 'loud', REGISTRATION: 'ajar' })).toHaveLength(3)
  })
})

test('.env.example names every setting, with its default', () => {
  const example = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8')
  const lines = example.split('\n').filter((line) => /^#?[A-Z_]+=/.test(line))
  const names = lines.map((line) => line.replace(/^#|=.*/g, ''))
  expect(names.toSorted()).toEqual(settingNames.toSorted())
  const defaults = lines
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.split('=') as [string, string])
  expect(readConfig(Object.fromEntries(defaults))).toEqual(readConfig({}))
})
