import { randomUUID } from 'node:crypto'
import { type Socket, io } from 'socket.io-client'
import type { Ack, Change } from '../src/contract/index.ts'

/** Milliseconds between two messages of one who talks: a newcomer may write five in ten seconds. */
const TALKS_EVERY = 3_000

/** Ten who come one by one, as people do, and talk. */
export async function createVisitors(url: string) {
  const sockets: Socket[] = []
  for (let n = 0; n < 10; n += 1) sockets.push(await enter(url, n))

  let heard = 0
  sockets[0]?.on('room:changed', ({ messages }: Change) => {
    heard += messages.filter(({ author }) => !author.nick.startsWith('visitor ')).length
  })

  return {
    /** Messages of others that the first of them was shown. */
    heard: () => heard,
    /** Talks for so many seconds, and tells in milliseconds how long each message took, and what was refused. */
    async talk(seconds: number): Promise<{ took: number[]; refused: string[] }> {
      const took: number[] = []
      const refused: string[] = []
      const until = performance.now() + seconds * 1_000
      const talkOne = async (socket: Socket, n: number): Promise<void> => {
        await pause((n * TALKS_EVERY) / sockets.length)
        while (performance.now() < until) {
          const began = performance.now()
          const draft = { room: 'lobby', id: randomUUID(), text: `${n} says ${randomUUID()}` }
          const ack = await (
            socket.timeout(30_000).emitWithAck('message:send', draft) as Promise<Ack<unknown>>
          ).catch((): Ack<never> => ({ ok: false, error: { code: 'UNAVAILABLE', message: 'no answer' } }))
          if (ack.ok) took.push(performance.now() - began)
          else refused.push(ack.error.code)
          await pause(TALKS_EVERY)
        }
      }
      await Promise.all(sockets.map(talkOne))
      return { took, refused }
    },
    leave: () => sockets.forEach((socket) => socket.disconnect()),
  }
}

async function enter(url: string, n: number): Promise<Socket> {
  const socket = io(`${url}/chat`, {
    auth: { nick: `visitor ${n}` },
    extraHeaders: { 'x-forwarded-for': `10.1.0.${n}` },
    transports: ['websocket'],
    forceNew: true,
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
