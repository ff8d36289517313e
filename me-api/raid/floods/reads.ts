import { WebSocket } from 'ws'
import { repeat } from './repeat.ts'
import { type Flood, addressOf } from './flood.ts'

const LOBBY = '/api/chat/rooms/lobby'
const expensiveSearches = [
  `q=${Array.from({ length: 100 }, () => 'a').join('+')}`,
  'q=a',
  'q=m&room=lobby&before=2',
  'q=a&room=lobby&before=1000000',
  `q=${encodeURIComponent('"a a a a a a a a a a" a m')}`,
  'q=a+m+1+2+3+4+5+6+7+8&limit=200',
]

/** Floods of public reads from one address, as fast as they are answered. */
export const readFloods: Flood[] = [
  {
    name: 'search',
    description: 'expensive searches over a room of `a a a …`',
    start: ({ request, countAnswer }) =>
      repeat({ concurrency: 16, limit: 100_000 }, async (n) => {
        const path = `/api/chat/search?${expensiveSearches[n % expensiveSearches.length]}`
        const { status } = await request('GET', path, { from: addressOf(0) })
        countAnswer(String(status))
      }),
  },
  {
    name: 'long-polls',
    description: '1,000 long polls',
    start: ({ request, countAnswer }) =>
      repeat({ concurrency: 1_000, limit: 100_000, every: 100 }, async () => {
        const path = `${LOBBY}/changes?after=1500&wait=30`
        const { status } = await request('GET', path, { from: addressOf(0) })
        countAnswer(String(status))
      }),
  },
  {
    name: 'feed',
    description: '`/feed.xml` and the largest pages of history',
    start: ({ request, countAnswer }) =>
      repeat({ concurrency: 32, limit: 100_000 }, async (n) => {
        const path = n % 2 ? '/feed.xml' : `${LOBBY}/messages?limit=200`
        const { status } = await request('GET', path, { from: addressOf(0) })
        countAnswer(String(status))
      }),
  },
  {
    name: 'erase',
    description: "180 concurrent deletions of one visitor's messages",
    start: ({ request, countAnswer }) => {
      const from = addressOf(0)
      void (async () => {
        const joined = await request('POST', '/api/chat/visitors', { from, body: { nick: 'eraser' } })
        countAnswer(`joined ${joined.status}`)
        const { token } = (JSON.parse(joined.text) as { data: { token: string } }).data
        await request('POST', `${LOBBY}/messages`, { from, token, body: { text: 'some words of mine' } })
        repeat({ concurrency: 180, limit: 20_000, every: 100 }, async () => {
          countAnswer(String((await request('DELETE', '/api/me/words', { from, token })).status))
        })
      })()
    },
  },
  {
    name: 'never-enter',
    description: 'Engine.IO connections that never join a namespace',
    start: ({ url, countAnswer }) => {
      const path = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
      repeat({ concurrency: 100, limit: 20_000, every: 20 }, async () => {
        const socket = new WebSocket(path, { localAddress: addressOf(0) })
        socket.on('open', () => countAnswer('opened'))
        const ended = new Promise<string>((resolve) => {
          socket.on('unexpected-response', (_req, res) => resolve(`refused ${res.statusCode}`))
          socket.on('error', () => resolve('error'))
          socket.on('close', (code: number) => resolve(`closed ${code}`))
        })
        countAnswer(await ended)
        socket.terminate()
      })
    },
  },
]
