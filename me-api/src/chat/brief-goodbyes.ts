import { type ServerOptions, WebSocketServer } from 'ws'

/** Milliseconds in which a client that is sent away answers, before its connection is cut off; `ws` waits for thirty seconds. */
const GOODBYE_MAX = 2_000

/** A server of WebSockets on which nobody stays by not answering the goodbye. */
export class BriefGoodbyes extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({ ...options, closeTimeout: GOODBYE_MAX } as ServerOptions)
  }
}
