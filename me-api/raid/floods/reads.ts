import { WebSocket } from 'ws'
import { again } from './again.ts'
import { type Flood, addressOf } from './flood.ts'

const LOBBY = '/api/chat/rooms/lobby'
const dear = [
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
    what: 'dear searches over a room of `a a a …`',
    start: ({ ask, note }) =>
      again({ abreast: 16, most: 100_000 }, async (n) => {
        const { status } = await ask('GET', `/api/chat/search?${dear[n % dear.length]}`, {
          from: addressOf(0),
        })
        note(String(status))
      }),
  },
  {
    name: 'long-polls',
    what: '1,000 long polls',
    start: ({ ask, note }) =>
      again({ abreast: 1_000, most: 100_000, every: 100 }, async () => {
        const path = `${LOBBY}/changes?after=1500&wait=30`
        const { status } = await ask('GET', path, { from: addressOf(0) })
        note(String(status))
      }),
  },
  {
    name: 'feed',
    what: '`/feed.xml` and the largest pages of history',
    start: ({ ask, note }) =>
      again({ abreast: 32, most: 100_000 }, async (n) => {
        const path = n % 2 ? '/feed.xml' : `${LOBBY}/messages?limit=200`
        const { status } = await ask('GET', path, { from: addressOf(0) })
        note(String(status))
      }),
  },
  {
    name: 'erase',
    what: "erasing one's words 180 times at once",
    start: ({ ask, note }) => {
      const from = addressOf(0)
      void (async () => {
        const joined = await ask('POST', '/api/chat/visitors', { from, body: { nick: 'eraser' } })
        note(`joined ${joined.status}`)
        const { token } = (JSON.parse(joined.text) as { data: { token: string } }).data
        await ask('POST', `${LOBBY}/messages`, { from, token, body: { text: 'some words of mine' } })
        again({ abreast: 180, most: 20_000, every: 100 }, async () => {
          note(String((await ask('DELETE', '/api/me/words', { from, token })).status))
        })
      })()
    },
  },
  {
    name: 'never-enter',
    what: 'engine connections that never enter',
    start: ({ url, note }) => {
      const path = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
      again({ abreast: 100, most: 20_000, every: 20 }, async () => {
        const socket = new WebSocket(path, { localAddress: addressOf(0) })
        socket.on('open', () => note('opened'))
        const ended = new Promise<string>((resolve) => {
          socket.on('unexpected-response', (_req, res) => resolve(`refused ${res.statusCode}`))
          socket.on('error', () => resolve('error'))
          socket.on('close', (code: number) => resolve(`closed ${code}`))
        })
        note(await ended)
        socket.terminate()
      })
    },
  },
]
