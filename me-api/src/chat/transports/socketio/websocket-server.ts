import { type ServerOptions, WebSocketServer } from 'ws'

/** Milliseconds until a connection is cut off whose client does not answer a close frame; thirty seconds in `ws`. */
const GOODBYE_MAX = 2_000
/** Fragments of one message at most; limits count whole messages only. */
const FRAGMENTS_MAX = 64

/**
 * A WebSocket server that soon cuts off clients which do not answer a close frame, and that leaves pings to its user: a
 * thousand in one chunk would cause a thousand writes before a limit counts them.
 */
export class ChatWebSocketServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({
      ...options,
      closeTimeout: GOODBYE_MAX,
      autoPong: false,
      maxFragments: FRAGMENTS_MAX,
    } as ServerOptions)
  }
}
