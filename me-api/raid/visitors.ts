import { randomUUID } from 'node:crypto'
import { type Socket, io } from 'socket.io-client'
import type { Ack, Change, Message } from '../src/contract/index.ts'

/** Milliseconds between two messages of a visitor: a newcomer may send five in ten seconds. */
const SEND_INTERVAL = 3_000

/** Ten visitors who connect one by one, each from an address of their own, and talk. */
export async function createVisitors(url: string) {
  const sockets: Socket[] = []
  for (let n = 0; n < 10; n += 1) sockets.push(await enter(url, n))

  const received: Message[] = []
  sockets[0]?.on('room:changed', ({ messages }: Change) => void received.push(...messages))

  return {
    /** Returns how many messages the first visitor received from authors whose nicks start with `nicks`. */
    receivedFrom: (nicks: string) => received.filter(({ author }) => author.nick.startsWith(nicks)).length,
    /** Talks for `seconds`, and returns the milliseconds that each message took, and the refusals. */
    async talk(seconds: number, every = SEND_INTERVAL): Promise<{ took: number[]; refused: string[] }> {
      const took: number[] = []
      const refused: string[] = []
      const until = performance.now() + seconds * 1_000
      const talkOne = async (socket: Socket, n: number): Promise<void> => {
        await pause((n * every) / sockets.length)
        while (performance.now() < until) {
          const began = performance.now()
          const draft = { room: 'lobby', id: randomUUID(), text: `${n} says ${randomUUID()}` }
          const ack = await (
            socket.timeout(30_000).emitWithAck('message:send', draft) as Promise<Ack<unknown>>
          ).catch((): Ack<never> => ({ ok: false, error: { code: 'UNAVAILABLE', message: 'no answer' } }))
          if (ack.ok) took.push(performance.now() - began)
          else refused.push(ack.error.code)
          await pause(every)
        }
      }
      await Promise.all(sockets.map(talkOne))
      return { took, refused }
    },
    leave: () => sockets.forEach((socket) => socket.disconnect()),
  }
}

async function enter(url: string, n: number): Promise<Socket> {
  // Engine.IO passes this option to `ws`, although its types omit it.
  const address = { localAddress: `127.0.2.${1 + n}` }
  const socket = io(`${url}/chat`, {
    auth: { nick: `visitor ${n}` },
    transports: ['websocket'],
    forceNew: true,
    ...address,
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('welcome', () => resolve())
    socket.once('connect_error', reject)
  })
  await socket.emitWithAck('room:enter', { room: 'lobby', after: null })
  return socket
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds))
