import { WebSocket } from 'ws'
import type { Ack, Change, Message, Welcome } from '../../src/contract/index.ts'
import { closeAfterTest } from './start-app.ts'
import { eventually } from './visitors.ts'

type Frame = { event?: string; ack?: string | number | null; data?: unknown }

/** The chat over a plain WebSocket, as a program without Socket.IO opens it. */
export function plainSocket({ url }: { url: string }, query = '', headers: Record<string, string> = {}) {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/api/chat/socket${query}`, { headers })
  closeAfterTest(async () => ws.terminate())
  const frames: Frame[] = []
  ws.on('message', (data, isBinary) => frames.push(isBinary ? {} : (JSON.parse(String(data)) as Frame)))
  ws.on('error', () => {})
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    ws.once('close', (code, reason) => resolve({ code, reason: String(reason) })),
  )
  let acks = 0

  const say = (frame: unknown): void => ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  const heard = (event: string): unknown[] => frames.flatMap((one) => (one.event === event ? [one.data] : []))

  return {
    ws,
    frames,
    /** Why the server closed it. */
    closed,
    say,
    heard,
    changes: () => heard('room:changed') as Change[],
    welcome: () => eventually(() => first(heard('welcome') as Welcome[])),

    /** Any event with any data; the answer as it comes. */
    async ask<Data = Message>(event: string, data?: unknown): Promise<Ack<Data>> {
      const ack = ++acks
      say({ event, data, ack })
      return eventually(() => first(frames.filter((frame) => frame.ack === ack)).data as Ack<Data>)
    },
  }
}

function first<One>(all: One[]): One {
  if (all[0] === undefined) throw new Error('it has not come')
  return all[0]
}
