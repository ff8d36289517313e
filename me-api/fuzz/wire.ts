import { connect as connectTcp } from 'node:net'
import { setTimeout as pause, setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'

/** The text sent on a TCP connection, each character a byte, in pieces; and how the connection ends. */
export type WireCase = {
  kind: 'wire'
  pieces: string[]
  /** Milliseconds from the last piece to the end. */
  after: number
  end: 'reset' | 'close' | 'finish' | 'wait'
}

/** Milliseconds that a connection without an expected answer is left open. */
const OPEN_TIME = 100

const engine = '/socket.io/?EIO=4&transport='
const targets = fc.constantFrom(
  ...[
    '/',
    '/api',
    '/healthz',
    '/nowhere',
    '//',
    '///',
    '//@',
    '//[',
    '/\\',
    '*',
    '/%',
    '/%zz%',
    '/\u00e9',
    '/?',
    '/#',
  ],
  ...[
    'http://[',
    'http://x:99999/',
    'http://a/api/chat/socket',
    'http://a/socket.io/',
    'a:443',
    'x',
    '',
    '?',
    '://',
  ],
  ...[
    '/api/chat/socket',
    '/api/chat/socket?nick=raw',
    '/api/chat/socket/?token=x&token=y',
    '/api/chat/socket?nick=%ff',
  ],
  ...[
    `${engine}websocket`,
    `${engine}websocket`,
    `${engine}polling`,
    `${engine}webtransport`,
    `${engine}polling&sid=x`,
  ],
  ...[
    `${engine}websocket&sid=__proto__`,
    '/socket.io/',
    '/socket.io',
    '/socket.io/?EIO=3&transport=websocket',
  ],
  ...[
    '/socket.io/../api/chat/socket?EIO=4&transport=websocket',
    '/api/chat/socket/../../../socket.io/',
    '/a/./b/..',
  ],
)
const bytes = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((data) => Buffer.from(data).toString('latin1'))
const target = fc.oneof(
  { weight: 8, arbitrary: targets },
  { weight: 1, arbitrary: fc.tuple(targets, fc.string({ maxLength: 20 })).map(([one, more]) => one + more) },
  { weight: 1, arbitrary: bytes(40) },
)

const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
const webSocket = ['Connection: Upgrade', 'Upgrade: websocket', key, 'Sec-WebSocket-Version: 13']
const upgrade = fc.oneof(
  { weight: 6, arbitrary: fc.constant(webSocket) },
  { weight: 3, arbitrary: fc.subarray([...webSocket, 'Upgrade: h2c', 'Connection: close']) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        'h2c',
        'WebSocket',
        'websocket, h2c',
        'TLS/1.0',
        '',
        ',',
        'websocket\t',
        '\u00ff',
        'x'.repeat(9_000),
      )
      .map((protocol) => [
        'Connection: upgrade, HTTP2-Settings',
        `Upgrade: ${protocol}`,
        'HTTP2-Settings: AAMAAABk',
      ]),
  },
)
const otherHeaders = fc.subarray([
  ...['Origin: https://evil.example', 'Origin: null', 'Origin: \u0001', 'Sec-Fetch-Site: cross-site'],
  ...[
    'Content-Length: 4',
    'Content-Length: 0',
    'Content-Length: -1',
    'Transfer-Encoding: chunked',
    'Expect: 100-continue',
  ],
  ...[
    'Sec-WebSocket-Protocol: a, a',
    'Sec-WebSocket-Extensions: permessage-deflate; x="',
    'Sec-WebSocket-Key: x',
  ],
  ...[
    'X-Forwarded-For: ,,::1%x, "',
    'Cookie: me_session=;;=%',
    'Host: b',
    'Authorization: Bearer',
    'no colon',
  ],
])

/** A client's frames, valid and broken (RFC 6455 §5.2). The mask is 0, which leaves the text unchanged. */
const frame = (first: number, text: string): string =>
  String.fromCharCode(first, 0x80 | (text.length & 0x7f), 0, 0, 0, 0) + text
const frames = fc.constantFrom(
  ...[
    frame(0x81, '40/chat,{"nick":"raw"}'),
    frame(0x81, '{"event":"room:leave","data":{},"ack":1}'),
    frame(0x81, '2'),
  ],
  ...[
    frame(0x89, 'ping'),
    frame(0x88, '\u0003\u00e8'),
    frame(0x88, '\u0000'),
    frame(0x01, 'half'),
    frame(0x80, 'rest'),
  ],
  ...[
    frame(0xf1, 'reserved'),
    frame(0x83, 'unknown'),
    frame(0x82, 'binary'),
    frame(0x81, '\u00ff\u00fe'),
    '\u0081\u0005plain',
  ],
  ...['\u0081\u00fe', '\u0081\u00ff\u0000\u0000\u0000\u00ff\u0000\u0000\u0000\u0000', '0\r\n\r\n'],
)

const request = fc
  .record({
    method: fc.constantFrom(
      'GET',
      'GET',
      'GET',
      'GET',
      'GET',
      'POST',
      'HEAD',
      'OPTIONS',
      'CONNECT',
      'PRI',
      'get',
      '',
    ),
    target,
    version: fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', ''),
    host: fc.constantFrom(['Host: a'], ['Host: a'], ['Host: a'], []),
    upgrade,
    otherHeaders: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: otherHeaders }),
  })
  .map(({ method, target, version, host, upgrade, otherHeaders }) =>
    [`${method} ${target} ${version}`, ...host, ...upgrade, ...otherHeaders, '', ''].join('\r\n'),
  )

/** Requests that become a WebSocket, or are refused as one. */
const accepted = fc
  .tuple(
    fc.constantFrom(
      `${engine}websocket`,
      '/api/chat/socket?nick=raw',
      '/api/chat/socket',
      '/api/chat/socket?token=x',
    ),
    fc.constantFrom([], [], ['Origin: https://evil.example']),
  )
  .map(([path, origin]) => [`GET ${path} HTTP/1.1`, 'Host: a', ...webSocket, ...origin, '', ''].join('\r\n'))

const sentText = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: request },
      { weight: 4, arbitrary: accepted },
      { weight: 1, arbitrary: bytes(200) },
    ),
    fc.array(fc.oneof(frames, frames, request, bytes(30)), { maxLength: 4 }),
  )
  .map(([first, more]) => first + more.join(''))

/** Requests to upgrade and what follows, cut anywhere. */
export const wireCases: fc.Arbitrary<WireCase> = fc
  .record({
    sentText,
    cuts: fc.array(fc.nat({ max: 2_000 }), { maxLength: 3 }),
    after: fc.constantFrom(0, 0, 1, 5, 20),
    end: fc.constantFrom<WireCase['end']>('reset', 'reset', 'close', 'finish', 'wait'),
  })
  .map(({ sentText, cuts, ...end }) => ({ kind: 'wire', pieces: cutAt(sentText, cuts), ...end }))

function cutAt(text: string, cuts: number[]): string[] {
  const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).toSorted((one, other) => one - other)]
  return at.map((from, index) => text.slice(from, at[index + 1]))
}

/**
 * Sends a case, and returns the first status of the answer.
 * @throws {Error} if the server reports a fault of its own
 */
export async function sendOnWire(url: string, { pieces, after, end }: WireCase): Promise<string> {
  const { port, hostname } = new URL(url)
  const socket = connectTcp(Number(port), hostname)
  let answer = ''
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  for (const piece of pieces) {
    if (!socket.destroyed) socket.write(piece, 'latin1')
    await nextTurn()
  }
  if (after > 0) await pause(after)
  if (end === 'reset') socket.resetAndDestroy()
  else if (end === 'close') socket.destroy()
  else if (end === 'finish') socket.end()
  const timer = setTimeout(() => socket.destroy(), OPEN_TIME)
  await closed
  clearTimeout(timer)
  const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]
  if (Number(status) >= 500) throw new Error(`answered ${answer.slice(0, 300)}`)
  return status ?? 'unanswered'
}
