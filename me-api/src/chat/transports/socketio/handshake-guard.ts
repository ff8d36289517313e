import { randomBytes } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { WebSocket } from 'ws'
import { Refusal } from '../../../errors.ts'
import { sendRefusal } from '../../../http/error-handler.ts'
import type { Origins } from '../../../http/origins.ts'
import type { SiteHost } from '../../../http/site-host.ts'
import type { ChatServer } from './socket-types.ts'
import { sidOf } from './engine-connection.ts'
import { createAdmissionQueue } from './admission-queue.ts'

/** Bytes of a connection's id, which has to be unguessable because it gives control of the connection. */
const ID_BYTES = 16

type Parts = {
  siteHost: SiteHost
  origins: Origins
  /** Whether the request's address may open one more connection. */
  mayOpen: (req: IncomingMessage) => boolean
  onFault: (error: unknown) => void
}

/**
 * Adds what Engine.IO leaves to its user: every poll and upgrade for another host or from a foreign page is refused,
 * connection ids are random, handshakes are admitted a few at a time so that they delay no open connection, and an
 * address with far too many connections cannot open more.
 */
export function guardHandshakes(
  { engine }: ChatServer,
  { siteHost, origins, mayOpen, onFault }: Parts,
): void {
  const admit = createAdmissionQueue(onFault)
  engine.use((req: IncomingMessage, res: ServerResponse, next: (error?: Error) => void) => {
    const refusal = siteHost.refusalOf(req) ?? (origins.allows(req) ? null : foreignPage())
    // An upgrade has no response; Engine.IO answers an error with its message.
    if (refusal && res instanceof ServerResponse) sendRefusal(res, refusal)
    else if (refusal) next(refusal)
    else if (sidOf(req)) next()
    // A client that disconnected while it waited gets no connection.
    else
      admit(
        () =>
          void (req.socket.destroyed || next(mayOpen(req) ? undefined : new Error('too many connections'))),
      )
  })
  engine.on('connection', boundProbes)
  engine.generateId = () => randomBytes(ID_BYTES).toString('base64url')
}

const foreignPage = () => new Refusal('FORBIDDEN', 'Pages of this origin may not open a connection here.')

/** The WebSocket to which a polling client upgrades. */
type Probe = EventEmitter & { socket?: WebSocket }

/**
 * Allows one probe per upgrading WebSocket. Engine.IO answers any number, and no limit counts them, because what the
 * WebSocket sends before the upgrade is not a packet of the connection.
 */
function boundProbes(connection: EventEmitter): void {
  const answered = new WeakSet<Probe>()
  connection.on('upgrading', (probe: Probe) => {
    if (!answered.has(probe)) return void answered.add(probe)
    // Further probes in the same chunk are not answered either.
    probe.removeAllListeners('packet')
    probe.socket?.terminate()
  })
}
