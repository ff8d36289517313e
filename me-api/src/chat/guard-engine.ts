import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Origins } from '../http/origins.ts'
import type { ChatServer } from './chat.sockets.ts'

/** Bytes of a connection's id: who has it speaks for that connection, so that nobody shall guess it. */
const ID_BYTES = 16

/**
 * What Engine.IO leaves to who uses it: foreign pages are refused at every poll and upgrade, not at the first request
 * alone, and its ids are nothing but chance.
 */
export function guardEngine({ engine }: ChatServer, origins: Origins): void {
  engine.use((req: IncomingMessage, _res: ServerResponse, next: (error?: Error) => void) =>
    next(origins.allows(req) ? undefined : new Error('a foreign page')),
  )
  engine.generateId = () => randomBytes(ID_BYTES).toString('base64url')
}
