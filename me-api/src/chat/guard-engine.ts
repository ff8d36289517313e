import { randomBytes } from 'node:crypto'
import { type IncomingMessage, ServerResponse } from 'node:http'
import { Refusal } from '../errors.ts'
import { sendRefusal } from '../http/error-handler.ts'
import type { Origins } from '../http/origins.ts'
import type { SiteHost } from '../http/site-host.ts'
import type { ChatServer } from './chat.sockets.ts'
import { fewAtOnce } from './few-at-once.ts'

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
 * What Engine.IO leaves to who uses it: other hosts and foreign pages are refused at every poll and upgrade, not at the
 * first request alone, its ids are nothing but chance, who is in does not wait for a crowd at the door, and whoever
 * holds far too many connections opens no more.
 */
export function guardEngine({ engine }: ChatServer, { siteHost, origins, mayOpen, onFault }: Parts): void {
  const letIn = fewAtOnce(onFault)
  engine.use((req: IncomingMessage, res: ServerResponse, next: (error?: Error) => void) => {
    const refusal = siteHost.refusalOf(req) ?? (origins.allows(req) ? null : foreignPage())
    // An upgrade has no such answer: only an error ends it in words.
    if (refusal && res instanceof ServerResponse) sendRefusal(res, refusal)
    else if (refusal) next(refusal)
    else if (req.url?.includes('sid=')) next()
    // Who hung up while waiting is nobody's connection.
    else
      letIn(
        () =>
          void (req.socket.destroyed || next(mayOpen(req) ? undefined : new Error('too many connections'))),
      )
  })
  engine.generateId = () => randomBytes(ID_BYTES).toString('base64url')
}

const foreignPage = () => new Refusal('FORBIDDEN', 'That origin may open no connection here.')
