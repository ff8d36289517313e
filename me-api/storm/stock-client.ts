import { type Socket, io } from 'socket.io-client'
import type { Ack, Change, Welcome } from '../src/contract/index.ts'

/** Milliseconds until a question counts as lost. */
const ANSWER_MAX = 5_000

export type StockClient = ReturnType<typeof openStockClient>

/** Somebody with socket.io-client as it comes: only the library brings the connection back. */
export function openStockClient(url: string, nick: string) {
  let token: string | null = null
  let isWelcome = false
  const socket: Socket = io(`${url}/chat`, {
    auth: (give) => give(token ? { token, tab: nick } : { nick, tab: nick }),
    transports: ['websocket'],
    forceNew: true,
  })
  const endings: string[] = []
  socket.on('welcome', (welcome: Welcome) => {
    token = welcome.token ?? token
    isWelcome = true
  })
  socket.on('disconnect', (reason) => {
    isWelcome = false
    // The library takes this one as final.
    if (reason === 'io server disconnect') endings.push(`${nick} was disconnected for good`)
  })
  socket.on('connect_error', (error) => {
    // An answer of the server's to the handshake; the library takes this one as final too.
    if (!socket.active) endings.push(`${nick} was refused for good: ${error.message}`)
  })

  return {
    nick,
    endings,
    /** Where the connection is, for whoever looks for the reason. */
    state: () =>
      `${nick} is ${isWelcome ? '' : 'not '}welcome, its transport ${socket.io.engine?.readyState ?? 'none'}, its socket ${socket.active ? '' : 'in'}active`,
    isBack: () => socket.connected && isWelcome,
    onWelcome: (welcomed: () => void) => void socket.on('welcome', welcomed),
    onChange: (changed: (change: Change) => void) => void socket.on('room:changed', changed),
    ask: async <Data>(event: string, data: unknown): Promise<Ack<Data>> =>
      (await socket.timeout(ANSWER_MAX).emitWithAck(event, data)) as Ack<Data>,
    close: () => void socket.disconnect(),
  }
}
