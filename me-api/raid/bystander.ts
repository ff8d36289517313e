import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { createHttpClient } from './floods/http-client.ts'

const ADDRESS = '127.0.2.100'
const REQUEST_INTERVAL = 150
const pages = { file: '/house.png', history: '/api/chat/rooms/lobby/messages?limit=50' }

/** A client at an address of its own that requests a file and a page of history in a loop, and reads the lobby. */
export async function createBystander(url: string) {
  const request = createHttpClient(url)
  let bytes = 0
  const reader = new WebSocket(`${url.replace('http', 'ws')}/api/chat/socket`, { localAddress: ADDRESS })
  reader.on('message', (data: Buffer) => {
    if (data.includes('"room:changed"', 0)) bytes += data.length
  })
  await new Promise<void>((resolve, reject) => {
    reader.once('message', () => resolve())
    reader.once('error', reject)
  })
  reader.send(JSON.stringify({ event: 'room:enter', data: { room: 'lobby', after: null }, ack: 1 }))

  return {
    /**
     * Reads for `seconds`, and returns the milliseconds of each answer, the bytes of Changes received, and the
     * refusals.
     */
    async read(seconds: number) {
      const file: number[] = []
      const history: number[] = []
      const refused: string[] = []
      const until = performance.now() + seconds * 1_000
      bytes = 0
      const readAll = async (path: string, took: number[]): Promise<void> => {
        while (performance.now() < until) {
          const began = performance.now()
          const { status } = await request('GET', path, { from: ADDRESS })
          if (status === 200) took.push(performance.now() - began)
          else refused.push(`${status} for ${path}`)
          await pause(REQUEST_INTERVAL)
        }
      }
      await Promise.all([readAll(pages.file, file), readAll(pages.history, history)])
      return { file, history, refused, kilobytesPerSecond: bytes / seconds / 1_000 }
    },
    leave: () => reader.terminate(),
  }
}
