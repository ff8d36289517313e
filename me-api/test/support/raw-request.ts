import { connect } from 'node:net'
import { expect } from '@jest/globals'
import { closeAfterTest } from './start-app.ts'

/** Headers that ask for a WebSocket. */
export const upgrade = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

/** Sends a request's head as it stands, which no HTTP library would do, and reads the whole answer. */
export async function sendRaw({ url }: { url: string }, requestLine: string, ...headers: string[]) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  closeAfterTest(async () => void socket.destroy())
  const lines = [`${requestLine} HTTP/1.1`, ...headers]
  if (!headers.some((line) => /^connection:/i.test(line))) lines.push('Connection: close')
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  let said = ''
  await new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1')
      if (isWhole(said)) resolve()
    })
    socket.once('error', reject)
    socket.once('close', () => resolve())
  })
  socket.destroy()
  const [head = '', ...rest] = said.split('\r\n\r\n')
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body: rest.join('\r\n\r\n') }
}

type RawAnswer = Awaited<ReturnType<typeof sendRaw>>

/** Whether the answer has ended, as a connection that asked for an upgrade stays open after it. */
function isWhole(said: string): boolean {
  const [head = '', body] = said.split('\r\n\r\n')
  if (body === undefined) return false
  const length = /^content-length: (\d+)/im.exec(head)?.[1]
  if (length !== undefined) return body.length >= Number(length)
  return head.startsWith('HTTP/1.1 101') || said.endsWith('\r\n0\r\n\r\n')
}

/** The body's JSON. */
export const jsonOf = ({ head, body }: RawAnswer): unknown => {
  expect(head).toMatch(/^content-type: application\/json/im)
  // Without a chunk's length before it and after.
  return JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1))
}
