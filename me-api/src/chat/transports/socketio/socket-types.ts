import type { Namespace, Server, Socket } from 'socket.io'
import type { ClientEvents, ServerEvents } from '../../../contract/index.ts'
import type { Activity } from '../../presence/away.ts'
import type { Guest } from '../../identity/guests.ts'
import type { createSerialQueue } from '../../serial-queue.ts'

type SocketData = {
  guest: Guest
  /** When the handshake began, by the monotonic clock. */
  since: number
  address: string | null
  /** The site's host that the connection asked for. */
  host: string
  tab: string | null
  /** Whether the connection only reads, during a ban. */
  isBarred: boolean
  /** How the connection is used, which tells whether its person is away. */
  activity: Activity
  /** Runs a connection's writes in the order sent. */
  inTurn: ReturnType<typeof createSerialQueue>
  /** Enters and leaves rooms in the order sent. */
  inRoomTurn: ReturnType<typeof createSerialQueue>
}
type NoEvents = Record<string, never>
export type ChatServer = Server<ClientEvents, ServerEvents, NoEvents, SocketData>
export type ChatNamespace = Namespace<ClientEvents, ServerEvents, NoEvents, SocketData>
export type ChatSocket = Socket<ClientEvents, ServerEvents, NoEvents, SocketData>
