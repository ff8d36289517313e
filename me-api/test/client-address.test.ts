import type { Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { readAddress } from '../src/http/address-ranges.ts'
import { api } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, refusedConnection } from './support/visitors.ts'

const limited = { LIMIT_JOINS: '2/10m' }
let guests = 0

/** How a request for a new identity ends: 201, or 429 where its address has had two. */
async function join(app: TestApp, headers: Record<string, string> = {}): Promise<number> {
  const nick = `guest ${++guests}`
  const { status } = await api(app).post('/api/chat/visitors').set(headers).send({ nick })
  return status
}

/** Makes every connection that is opened from now on come from this address. */
function comeFrom({ app }: TestApp, peer: string): void {
  app.server.prependListener('connection', (socket: Socket) =>
    Object.defineProperty(socket, 'remoteAddress', { value: peer, configurable: true }),
  )
}

const forwarding: Record<string, string>[] = [
  { 'x-forwarded-for': '198.51.100.1' },
  { forwarded: 'for=198.51.100.2' },
  { 'x-real-ip': '198.51.100.3' },
]

describe('without a trusted proxy', () => {
  test.each(['203.0.113.5', '::ffff:203.0.113.5', '2001:db8::5', '172.32.0.1', '100.128.0.1', '2600::1'])(
    'forwarding headers of a stranger at %s change nothing',
    async (peer) => {
      const logLines: string[] = []
      const app = await startApp({ settings: limited, logLines })
      comeFrom(app, peer)
      for (const headers of forwarding.slice(1)) expect(await join(app, headers)).toBe(201)
      for (const headers of [...forwarding, {}]) expect(await join(app, headers)).toBe(429)
      const headers = forwarding[0]!
      expect(await refusedConnection(app, { auth: { nick: 'bo' }, headers })).toMatchObject({
        code: 'RATE_LIMITED',
      })
      expect(logLines.join('')).not.toContain('TRUST_PROXY is 0')
    },
  )

  test.each([
    ...['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', '10.1.2.3', '172.18.0.2', '192.168.1.1'],
    ...['100.64.0.1', '169.254.1.1', 'fd00::1', 'fe80::1'],
  ])(
    'an untrusted proxy at %s hides its clients’ addresses, and direct requests keep theirs',
    async (peer) => {
      const logLines: string[] = []
      const app = await startApp({ settings: limited, logLines })
      comeFrom(app, peer)
      for (const headers of [...forwarding, ...forwarding]) expect(await join(app, headers)).toBe(201)
      await connect(app, { auth: { nick: 'bo' }, headers: forwarding[0]! })
      // A client without a proxy has an address as before.
      expect([await join(app), await join(app), await join(app)]).toEqual([201, 201, 429])
      expect(await refusedConnection(app, { auth: { nick: 'cy' } })).toMatchObject({ code: 'RATE_LIMITED' })
      expect(logLines.filter((line) => line.includes('TRUST_PROXY is 0'))).toHaveLength(1)
    },
  )
})

describe('behind a trusted proxy', () => {
  const settings = { ...limited, TRUST_PROXY: '1' }
  const from = (address: string) => ({ 'x-forwarded-for': address })

  test.each([
    ['203.0.113.7', '203.0.113.7:4711', '::ffff:203.0.113.7'],
    ['[::ffff:203.0.113.7]:80', '::FFFF:cb00:7107', '203.0.113.7:1'],
    ['2001:db8::7', '[2001:DB8:0::7]:443', '[2001:db8::8]'],
    ['fe80::1', 'fe80::1%eth0', '[fe80::1]:80'],
  ])('the server treats %s, %s and %s as one address', async (...addresses) => {
    const app = await startApp({ settings })
    const statuses = []
    for (const address of addresses) statuses.push(await join(app, from(address)))
    expect(statuses).toEqual([201, 201, 429])
    expect(await join(app, from('198.51.100.9:80'))).toBe(201)
  })

  test('the server ignores invalid addresses in X-Forwarded-For, and Forwarded', async () => {
    const app = await startApp({ settings })
    const statuses = []
    for (const address of ['unknown', '_hidden', '1.2.3.4.5', '[x]:80'])
      statuses.push(await join(app, from(address)))
    statuses.push(await join(app, { forwarded: 'for=198.51.100.2' }))
    expect(statuses).toEqual([201, 201, 429, 429, 429])
  })

  test('the server ignores a client’s own X-Forwarded-For entry before the proxy’s', async () => {
    const app = await startApp({ settings })
    const statuses = []
    for (const claim of ['198.51.100.1', '198.51.100.2', '198.51.100.3'])
      statuses.push(await join(app, from(`${claim}, 203.0.113.7:80`)))
    expect(statuses).toEqual([201, 201, 429])
  })
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.1:65535', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['0:0:0:0:0:FFFF:C000:0201', '192.0.2.1'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['[2001:db8::1]:80', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ...['', ' ', '192.0.2', '192.0.2.1:', '192.0.2.256', '2001:db8::g', '[192.0.2.1', 'localhost', '1'].map(
    (text): [string, null] => [text, null],
  ),
])('readAddress reads %j as %j', (text, address) => expect(readAddress(text)).toBe(address))
