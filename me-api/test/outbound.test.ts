import { describe, expect, test } from '@jest/globals'
import { systemClock } from '../src/clock.ts'
import { createOutbound } from '../src/outbound/outbound.ts'
import { isPublicAddress } from '../src/outbound/public-address.ts'
import { manualClock } from './support/manual-clock.ts'
import { startNameServer } from './support/name-server.ts'
import { startHttps } from './support/push-service.ts'
import { eventually } from './support/visitors.ts'

const post = { headers: {}, body: 'x' }

describe('which addresses are on the internet', () => {
  test.each(['8.8.8.8', '2606:4700::1111', '64:ff9b::808:808', '::ffff:8.8.8.8'])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })
  test.each([
    ...['127.0.0.1', '0.0.0.0', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
    ...['224.0.0.1', '239.1.1.1', '255.255.255.255', '198.18.0.1', '192.0.2.1'],
    ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'fc00::1', 'fd12::1', 'ff02::1'],
    ...['::ffff:127.0.0.1', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::a00:1', '64:ff9b:1::1'],
    ...['2002:7f00:1::', '2001:0:1::1', '2001:db8::1', '2606:4700::5efe:a00:1', '2606:4700::200:5efe:a00:1'],
    ...['localhost', ''],
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false))
})

test.each(['127.0.0.1', '10.0.0.1', '169.254.169.254'])(
  'a name whose address is %s is not reached',
  async (address) => {
    let requests = 0
    const { port } = await startHttps((_, res) => void (requests++, res.end()))
    const nameServers = [(await startNameServer(address)).address]
    const outbound = createOutbound({ mayReachPrivate: false, nameServers, clock: systemClock })
    expect(outbound.refusalOf(`https://push.test:${port}/`)).toBeNull()
    await expect(outbound.post(`https://push.test:${port}/`, post)).rejects.toThrow(
      'push.test has a private address',
    )
    expect(requests).toBe(0)
  },
)

test('a redirect is not followed, and a long answer is not read to its end', async () => {
  const paths: string[] = []
  const { port } = await startHttps((req, res) => {
    paths.push(req.url ?? '')
    if (req.url === '/long') res.end('x'.repeat(1_000_000))
    else res.writeHead(307, { Location: '/elsewhere' }).end()
  })
  const outbound = createOutbound({ mayReachPrivate: true, clock: systemClock })
  expect(await outbound.post(`https://127.0.0.1:${port}/`, post)).toMatchObject({ status: 307 })
  expect((await outbound.post(`https://127.0.0.1:${port}/long`, post)).body).toHaveLength(16 * 1024)
  expect(paths).toEqual(['/', '/long'])
})

test('who does not answer within 15 seconds is left', async () => {
  const clock = manualClock()
  let [requests, closed] = [0, 0]
  const { port } = await startHttps((req) => {
    requests++
    req.socket.once('close', () => closed++)
  })
  const outbound = createOutbound({ mayReachPrivate: true, clock })
  const sending = outbound.post(`https://127.0.0.1:${port}/`, post)
  sending.catch(() => {})
  await eventually(() => expect(requests).toBe(1))
  clock.advance(15_000)
  await expect(sending).rejects.toThrow(`127.0.0.1:${port} did not answer in time`)
  await eventually(() => expect(closed).toBe(1))
})
