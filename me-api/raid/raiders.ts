/**
 * The raiders, a program of their own, so that what they cost is not taken for what the visitors feel: begins at once,
 * and ends with a report when it is told to.
 */
import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'

const CONNECTIONS = 500
const ADDRESSES = 50
/** Milliseconds between two messages of one raider. */
const SENDS_EVERY = 500

/** What each fifth of them does. */
const texts = [
  () => 'BUY BUY BUY the same words from everybody',
  (n: number) => `look at https://spam.example/${n}/${randomUUID()}`,
  (n: number) => `noise ${n} ${randomUUID()}`,
  () => '\u0301'.repeat(4_000),
  () => 'never reads an answer',
]
const broken = ['42/chat,1["message:send"', '42/chat,["__proto__",{}]', '5', 'x'.repeat(100_000)]

/** What raiders did in all, and how often they were told which code. */
export type RaidReport = { connected: number; letIn: number; sent: number; codes: [string, number][] }

/** Messages that they would have sent in so many seconds, had all been let in. */
export const wished = (seconds: number): number => (CONNECTIONS * seconds * 1_000) / SENDS_EVERY

const [url = '', ownerNick = ''] = process.argv.slice(2)
if (process.send) {
  const raid = startRaid(url, ownerNick)
  process.once('message', () => process.send?.(raid.stop(), () => process.exit()))
}

/** Opens all at once, sends what it can, comes back as somebody new when cut off; none of them proves any work. */
function startRaid(url: string, ownerNick: string) {
  const count = { connected: 0, letIn: 0, sent: 0 }
  const codes = new Map<string, number>()
  const timers = new Set<NodeJS.Timeout>()
  const sockets = new Map<number, WebSocket>()
  let isOver = false
  for (let n = 0; n < CONNECTIONS; n += 1) come(n)

  function come(n: number): void {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      headers: { 'x-forwarded-for': `10.9.0.${n % ADDRESSES}` },
    })
    sockets.set(n, socket)
    const kind = n % texts.length
    socket.on('error', () => {})
    socket.on('open', () => {
      count.connected += 1
      // The first letter is Cyrillic.
      const nick = kind === 2 ? `о${ownerNick.slice(1)}` : `raider ${n} ${randomUUID().slice(0, 6)}`
      socket.send(`40/chat,${JSON.stringify({ nick })}`)
    })
    socket.on('message', (data: Buffer) => take(n, socket, kind, data.toString()))
    socket.on('close', () => {
      if (!isOver) later(() => come(n), 1_000)
    })
  }

  function take(n: number, socket: WebSocket, kind: number, frame: string): void {
    if (frame === '2') return socket.send('3')
    if (frame.startsWith('44/chat,')) {
      const { data } = JSON.parse(frame.slice(8)) as { data?: { code?: string } }
      note(data?.code ?? 'refused')
      return socket.close()
    }
    if (frame.startsWith('42/chat,["welcome"')) {
      count.letIn += 1
      if (kind === 4) socket.pause()
      return send(n, socket, kind)
    }
    if (!frame.startsWith('43/chat,')) return
    const [ack] = JSON.parse(frame.slice(frame.indexOf('['))) as [{ ok: boolean; error?: { code: string } }]
    if (!ack.ok) note(ack.error?.code ?? 'refused')
  }

  function send(n: number, socket: WebSocket, kind: number): void {
    if (isOver || socket.readyState !== WebSocket.OPEN) return
    const draft = { room: 'lobby', id: randomUUID(), text: texts[kind]?.(n) }
    socket.send(`42/chat,1${JSON.stringify(['message:send', draft])}`)
    count.sent += 1
    const frame = broken[Math.floor(Math.random() * broken.length * 20)]
    if (kind === 3 && frame) socket.send(frame)
    later(() => send(n, socket, kind), SENDS_EVERY)
  }

  function note(code: string): void {
    codes.set(code, (codes.get(code) ?? 0) + 1)
  }

  function later(run: () => void, milliseconds: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      run()
    }, milliseconds)
    timers.add(timer)
  }

  return {
    stop(): RaidReport {
      isOver = true
      timers.forEach(clearTimeout)
      sockets.forEach((socket) => socket.terminate())
      return { ...count, codes: [...codes] }
    },
  }
}
