import { type ServerOptions, WebSocketServer } from 'ws'

/** Milliseconds in which a client that is sent away answers, before its connection is cut off; `ws` waits for thirty seconds. */
const GOODBYE_MAX = 2_000
/** Frames that one message may come in: it has 64 KiB at most, and only whole messages are counted. */
const FRAGMENTS_MAX = 64

/**
 * A server of WebSockets on which nobody stays by not answering the goodbye, and which answers no ping by itself: a
 * thousand in one chunk would be a thousand writes before anything can be counted.
 */
export class BriefGoodbyes extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({
      ...options,
      closeTimeout: GOODBYE_MAX,
      autoPong: false,
      maxFragments: FRAGMENTS_MAX,
    } as ServerOptions)
  }
}
