import { randomBytes } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { WebSocket } from 'ws'
import { Refusal } from '../../../errors.ts'
import { sendRefusal } from '../../../http/error-handler.ts'
import type { Origins } from '../../../http/origins.ts'
import type { SiteHost } from '../../../http/site-host.ts'
import type { ChatServer } from './socket-types.ts'
import { sidOf } from './fast-broadcast.ts'
import { createAdmissionQueue } from './admission-queue.ts'

/** Bytes of a connection's id: who has it speaks for that connection, so that nobody shall guess it. */
const ID_BYTES = 16

type Parts = {
  siteHost: SiteHost
  origins: Origins
  /** Whether its address may open one more connection. */
  mayOpen: (req: IncomingMessage) => boolean
  onFault: (error: unknown) => void
}

/**
 * Adds to Engine.IO what it leaves to its user: requests for other hosts and from foreign pages are refused at every poll
 * and upgrade, connection ids are random, handshakes are taken a few at a time so that they delay no open connection, and
 * an address with far too many connections opens no more.
 */
export function guardHandshakes(
  { engine }: ChatServer,
  { siteHost, origins, mayOpen, onFault }: Parts,
): void {
  const letIn = createAdmissionQueue(onFault)
  engine.use((req: IncomingMessage, res: ServerResponse, next: (error?: Error) => void) => {
    const refusal = siteHost.refusalOf(req) ?? (origins.allows(req) ? null : foreignPage())
    // An upgrade has no response; Engine.IO answers an error with its message.
    if (refusal && res instanceof ServerResponse) sendRefusal(res, refusal)
    else if (refusal) next(refusal)
    else if (sidOf(req)) next()
    // A client that has left while it waited gets no connection.
    else
      letIn(
        () =>
          void (req.socket.destroyed || next(mayOpen(req) ? undefined : new Error('too many connections'))),
      )
  })
  engine.on('connection', boundProbes)
  engine.generateId = () => randomBytes(ID_BYTES).toString('base64url')
}

const foreignPage = () => new Refusal('FORBIDDEN', 'That origin may open no connection here.')

/** The WebSocket that a polling client would go over to. */
type Probe = EventEmitter & { socket?: WebSocket }

/**
 * A WebSocket asks once whether it is heard, before its client goes over to it. Engine.IO answers as often as it asks,
 * and what it sends till then is no packet of the connection, so that no limit counts it.
 */
function boundProbes(connection: EventEmitter): void {
  const heard = new WeakSet<Probe>()
  connection.on('upgrading', (probe: Probe) => {
    if (!heard.has(probe)) return void heard.add(probe)
    // What came in the same chunk is not answered either.
    probe.removeAllListeners('packet')
    probe.socket?.terminate()
  })
}
