import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { siteOf } from '../src/http/network-address.ts'
import { createFairQueue } from '../src/http/fair-queue.ts'
import { api, memberAccount } from './support/rest.ts'
import { closeAfterTest, startApp } from './support/start-app.ts'
import { eventually } from './support/visitors.ts'

type Asked = { from: string | null; path: string; socket?: { destroyed: boolean } }

/** Requests that come in one turn of the event loop, and the order in which they are served. */
function requests(onFault: (error: unknown) => void = () => {}) {
  const served: string[] = []
  const take = createFairQueue({
    siteOf,
    addressOf: (req) => (req as unknown as Asked).from,
    listener({ url = '' }) {
      served.push(url)
      if (url.startsWith('broken')) throw new Error('on purpose')
    },
    onFault,
  })
  const ask = ({ from, path, socket = open() }: Asked) =>
    take({ from, url: path, socket } as unknown as IncomingMessage, {} as ServerResponse)
  return { served, ask }
}

const open = () => ({ destroyed: false, destroy: () => {} })
const turns = async (count: number) => {
  for (let n = 0; n < count; n++) await setImmediate()
}

describe('fair request queue', () => {
  test.each([
    ['one address', '192.0.2.1', '192.0.2.1', '198.51.100.1'],
    ['one IPv4 /24', '192.0.2.1', '192.0.2.2', '198.51.100.1'],
    ['one IPv6 /48', '2001:db8::1', '2001:db8:0:1::2', '2001:db8:1::1'],
    ['one address in two notations', '::ffff:192.0.2.1', '192.0.2.1', '198.51.100.1'],
  ])('requests of %s are served in turn with those of another', async (_, one, same, other) => {
    const { served, ask } = requests()
    for (let n = 0; n < 100; n++) ask({ from: n % 2 ? one : same, path: `flood ${n}` })
    ask({ from: other, path: 'file' })
    await turns(10)
    expect(served.indexOf('file')).toBe(1)
    await turns(120)
    expect(served.filter((path) => path !== 'file')).toEqual(
      Array.from({ length: 100 }, (_unused, n) => `flood ${n}`),
    )
  })

  test('requests of unknown addresses are served in turn by connection', async () => {
    const { served, ask } = requests()
    const socket = open()
    for (let n = 0; n < 100; n++) ask({ from: null, path: `flood ${n}`, socket })
    ask({ from: null, path: 'file' })
    await turns(10)
    expect(served.indexOf('file')).toBe(1)
  })

  test('requests are served a few per event-loop turn', async () => {
    const { served, ask } = requests()
    for (let n = 0; n < 100; n++) ask({ from: `10.0.${n}.1`, path: `${n}` })
    for (let n = 0; n < 100; n++) ask({ from: '10.0.0.1', path: `more ${n}` })
    expect(served).toEqual([])
    await turns(2)
    expect(served.length).toBeLessThanOrEqual(8)
  })

  test('requests of a closed connection are not served', async () => {
    const { served, ask } = requests()
    const socket = open()
    ask({ from: '192.0.2.1', path: 'left', socket })
    ask({ from: '192.0.2.1', path: 'stayed' })
    socket.destroyed = true
    await turns(4)
    expect(served).toEqual(['stayed'])
  })

  test('a failing request does not delay the next', async () => {
    const faults: unknown[] = []
    const { served, ask } = requests((error) => faults.push(error))
    ask({ from: '192.0.2.1', path: 'broken' })
    ask({ from: '192.0.2.1', path: 'whole' })
    await turns(4)
    expect(served).toEqual(['broken', 'whole'])
    expect(faults).toEqual([new Error('on purpose')])
  })

  test('pipelined requests of one connection are answered in their order', async () => {
    const app = await startApp()
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1')
    const paths = ['/healthz', '/api/nothing', '/robots.txt', '/api/chat/rooms']
    socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''))
    let said = ''
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await eventually(() => expect(said).toContain('"lobby"'))
    socket.destroy()
    expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual([200, 404, 200, 200].map((code) => `HTTP/1.1 ${code}`))
  })
})

test('the server answers another network before the rest of a hundred requests that came first', async () => {
  const logLines: string[] = []
  const app = await startApp({ logLines })
  const dial = async (localAddress: string) => {
    const socket = connect({ port: Number(new URL(app.url).port), host: '127.0.0.1', localAddress })
    await once(socket, 'connect')
    closeAfterTest(async () => void socket.destroy())
    return socket
  }
  const [crowd, other] = [await dial('127.0.1.1'), await dial('127.0.2.1')]
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`
  crowd.write(get('/api/crowd').repeat(100))
  other.write(get('/api/other'))
  const asked = () => logLines.filter((line) => /api\/(crowd|other)/.test(line))
  await eventually(() => expect(asked()).toHaveLength(101))
  expect(asked().findIndex((line) => line.includes('other'))).toBeLessThan(20)
})

test('a request refused for lack of room is logged as info without a stack trace', async () => {
  const logLines: string[] = []
  const app = await startApp({ logLines, settings: { LIMIT_LOGINS: 'off' } })
  const answers = await Promise.all(
    Array.from({ length: 80 }, () => api(app).post('/api/login').send(memberAccount)),
  )
  expect(answers.some(({ status }) => status === 503)).toBe(true)
  const lines = logLines.filter((line) => line.includes('"statusCode":503'))
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({ level: 30, msg: 'request completed' })
    expect(line).not.toContain('stack')
  }
})
