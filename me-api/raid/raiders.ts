/**
 * Runs the raiders in a separate program, so that their own load is not measured as the visitors' wait. It begins at
 * once, and ends with a report on request.
 */
import { randomUUID } from 'node:crypto'
import { constants, setPriority } from 'node:os'
import { WebSocket } from 'ws'
import { createProofs } from './proofs.ts'

const CONNECTIONS = 500
const ADDRESSES = 50
/** Milliseconds between two messages of one raider. */
const SEND_INTERVAL = 500
/** Milliseconds before a disconnected raider reconnects. */
const RECONNECT_AFTER = 1_000

/** The behaviour of each fifth of the raiders. */
const texts = [
  () => 'BUY BUY BUY the same words from everybody',
  (n: number) => `look at https://spam.example/${n}/${randomUUID()}`,
  () => 'this is the owner speaking',
  () => '\u0301'.repeat(4_000),
  (n: number) => `noise ${n} ${randomUUID()}`,
]
const [IMITATES, SENDS_BROKEN, NEVER_READS] = [2, 3, 4]
const broken = ['42/chat,1["message:send"', '42/chat,["__proto__",{}]', '5', 'x'.repeat(100_000)]

/**
 * A fifth of the raiders compute proofs of work. Imitators do not, because no proof helps with somebody else's nick.
 */
const proves = (n: number): boolean => kindOf(n) !== IMITATES && Math.floor(n / texts.length) % 4 === 0
const kindOf = (n: number): number => n % texts.length
const addressOf = (n: number): string => `127.0.1.${1 + (n % ADDRESSES)}`

/**
 * The raiders' totals, and how often they received each code. `wanted` is the number of messages they would have sent
 * if all had been admitted; `proved` is the number admitted with a proof.
 */
export type RaidReport = {
  connected: number
  admittedCount: number
  proved: number
  wanted: number
  sent: number
  codes: [string, number][]
}

const [url = '', ownerNick = ''] = process.argv.slice(2)
// Real raiders have their own machines, so this process yields to the server.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
const raid = startRaid()
process.once('message', () => process.send?.(raid.stop(), () => process.exit()))

/** All raiders connect at once, send what they can, and reconnect as new people after a disconnect. */
function startRaid() {
  const count = { connected: 0, admittedCount: 0, proved: 0, wanted: 0, sent: 0 }
  const codes = new Map<string, number>()
  const prove = createProofs(url)
  /** The connections of the admitted raiders. */
  const admitted = new Map<number, WebSocket>()
  for (let n = 0; n < CONNECTIONS; n += 1) {
    void connect(n)
    setInterval(() => send(n), SEND_INTERVAL)
  }

  async function connect(n: number): Promise<void> {
    const localAddress = addressOf(n)
    const proof = proves(n) ? await prove(localAddress).catch(() => undefined) : undefined
    const address = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
    const socket = new WebSocket(address, { localAddress })
    socket.on('error', () => {})
    socket.on('open', () => {
      count.connected += 1
      socket.send(`40/chat,${JSON.stringify({ nick: nickOf(n), proof })}`)
    })
    socket.on('message', (data: Buffer) => receive(n, socket, data.toString()))
    socket.on('close', () => {
      admitted.delete(n)
      setTimeout(() => void connect(n), RECONNECT_AFTER)
    })
  }

  function receive(n: number, socket: WebSocket, frame: string): void {
    if (frame === '2') return socket.send('3')
    if (frame.startsWith('44/chat,')) {
      countAnswer((JSON.parse(frame.slice(8)) as { data?: { code?: string } }).data?.code)
      return socket.close()
    }
    if (frame.startsWith('42/chat,["welcome"')) {
      admitted.set(n, socket)
      count.admittedCount += 1
      if (proves(n)) count.proved += 1
      if (kindOf(n) === NEVER_READS) socket.pause()
    }
    if (!frame.startsWith('43/chat,')) return
    const [ack] = JSON.parse(frame.slice(frame.indexOf('['))) as [{ ok: boolean; error?: { code: string } }]
    if (!ack.ok) countAnswer(ack.error?.code)
  }

  function send(n: number): void {
    count.wanted += 1
    const socket = admitted.get(n)
    if (!socket) return
    const draft = { room: 'lobby', id: randomUUID(), text: texts[kindOf(n)]?.(n) }
    socket.send(`42/chat,1${JSON.stringify(['message:send', draft])}`)
    count.sent += 1
    const frame = broken[Math.floor(Math.random() * broken.length * 20)]
    if (kindOf(n) === SENDS_BROKEN && frame) socket.send(frame)
  }

  function countAnswer(code = 'refused'): void {
    codes.set(code, (codes.get(code) ?? 0) + 1)
  }

  return { stop: (): RaidReport => ({ ...count, codes: [...codes] }) }
}

/** Returns a new nick each time; imitators use the owner's with a Cyrillic first letter. */
function nickOf(n: number): string {
  if (kindOf(n) === IMITATES) return `о${ownerNick.slice(1)}`
  return `${proves(n) ? 'prover' : 'raider'} ${n} ${randomUUID().slice(0, 6)}`
}
