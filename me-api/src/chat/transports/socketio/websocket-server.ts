import { type ServerOptions, WebSocketServer } from 'ws'

/**
 * Milliseconds until the server terminates a connection whose client does not answer a close frame; `ws` waits thirty
 * seconds.
 */
const CLOSE_TIMEOUT = 2_000
/** The most fragments of one message; other limits count whole messages only. */
const FRAGMENTS_MAX = 64

/**
 * A WebSocket server that soon terminates clients which do not answer a close frame, and leaves pings to its user: a
 * thousand pings in one chunk would cause a thousand writes before a limit counts them.
 */
export class ChatWebSocketServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({
      ...options,
      closeTimeout: CLOSE_TIMEOUT,
      autoPong: false,
      maxFragments: FRAGMENTS_MAX,
    } as ServerOptions)
  }
}
