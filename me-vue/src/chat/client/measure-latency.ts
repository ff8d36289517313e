import type { ChatSocket } from '../../api/socket.ts'

export type Line = {
  transport: string | undefined
  /** There and back, in milliseconds; undefined where nobody answered. */
  roundTrip: number | undefined
}

/** Over what the chat goes and how long the server takes to answer: asked what is new, which does no harm. */
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
