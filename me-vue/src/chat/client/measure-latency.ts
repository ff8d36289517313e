import type { ChatSocket } from '../../api/socket.ts'

export type Line = {
  transport: string | undefined
  /** The round trip in milliseconds; undefined without an answer. */
  roundTrip: number | undefined
}

/** The transport of the connection and its round trip, measured with a harmless request for changes. */
export async function measureLatency(socket: ChatSocket, room: string, after: number | null): Promise<Line> {
  const start = performance.now()
  const answered = await socket
    .timeout(5_000)
    .emitWithAck('room:enter', { room, after })
    .then(
      () => true,
      () => false,
    )
  const roundTrip = answered ? Math.max(1, Math.round(performance.now() - start)) : undefined
  return { transport: socket.io.engine?.transport?.name, roundTrip }
}
