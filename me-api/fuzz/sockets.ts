import { connect as connectTcp } from 'node:net'
import { io, type Socket } from 'socket.io-client'
import { WebSocket } from 'ws'
import { type Ack, statusOfCode } from '../src/contract/index.ts'
import type { CallerName, Case } from './grammar.ts'
import type { Callers } from './callers.ts'

const ANSWER_TIMEOUT = 120_000
/** Milliseconds that a raw connection is left open. */
const OPEN_TIME = 100

/** Keeps one connection for each kind of person, opened on first use and again after a disconnect. */
export function createSockets(callers: Callers) {
  const open = new Map<CallerName, Promise<Socket>>()

  function connection(as: CallerName): Promise<Socket> {
    const known = open.get(as) ?? connect(as)
    open.set(as, known)
    return known
  }

  async function connect(as: CallerName): Promise<Socket> {
    const socket = io(`${callers.url}/chat`, {
      auth: callers.handshake(as),
      extraHeaders: callers.address(),
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    })
    await new Promise<void>((resolve) => {
      socket.once('welcome', () => resolve())
      socket.once('connect_error', () => resolve())
      socket.once('disconnect', () => resolve())
    })
    return socket
  }

  return {
    /** Sends an event, and returns how it was answered. @throws {Error} if the answer breaks the contract */
    async emit({ as, event, data }: Case & { kind: 'event' }): Promise<string> {
      const socket = await connection(as)
      if (!socket.connected) {
        open.delete(as)
        return 'refused'
      }
      const filled: unknown = JSON.parse(callers.fill(JSON.stringify(data) ?? 'null'))
      const answer = socket.timeout(ANSWER_TIMEOUT).emitWithAck(event, filled) as Promise<Ack<unknown>>
      const ack = await answer.catch((error: Error) => {
        if (socket.connected) throw error
        return null
      })
      if (ack === null) return 'cut off'
      if (ack.ok) return 'done'
      const { code } = ack.error
      if (!(code in statusOfCode) || code === 'UNAVAILABLE')
        throw new Error(`answered ${JSON.stringify(ack.error)}`)
      return code
    },

    /** Sends raw frames on a connection of their own. */
    async frames({ frames }: Case & { kind: 'frames' }): Promise<string> {
      const address = `${callers.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
      const socket = new WebSocket(address, { headers: callers.address() })
      socket.on('error', () => {})
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.once('open', () => frames.forEach((frame) => socket.send(frame)))
      const timer = setTimeout(() => socket.terminate(), OPEN_TIME)
      await closed
      clearTimeout(timer)
      return 'cut off'
    },

    /** Sends raw bytes. */
    async bytes({ text }: Case & { kind: 'bytes' }): Promise<string> {
      const { port, hostname } = new URL(callers.url)
      const socket = connectTcp(Number(port), hostname)
      socket.on('error', () => {})
      socket.resume().write(text)
      const closed = new Promise((resolve) => socket.once('close', resolve))
      const timer = setTimeout(() => socket.destroy(), OPEN_TIME)
      await closed
      clearTimeout(timer)
      return 'cut off'
    },

    /** Disconnects everybody; the next connections belong to new people. */
    async leave(): Promise<void> {
      for (const socket of open.values()) (await socket).disconnect()
      open.clear()
    },
  }
}
