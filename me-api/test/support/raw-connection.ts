import { type Socket, connect } from 'node:net'
import { closeAfterTest } from './start-app.ts'

/** A TCP connection on which a test says what no HTTP library would. */
export function dial({ url }: { url: string }) {
  const socket: Socket = connect(Number(new URL(url).port), '127.0.0.1')
  closeAfterTest(async () => void socket.destroy())
  let said = ''
  socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')))
  socket.on('error', () => {})
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(said)))
  return {
    socket,
    write: (...lines: string[]) => void socket.write(lines.join('\r\n')),
    /** What was answered so far. */
    said: () => said,
    /** Ends the connection as a lost network does: with a TCP reset. */
    reset: () => void socket.resetAndDestroy(),
    /** All that was answered, once the server has closed the connection. */
    closed,
  }
}

export const statuses = (said: string) =>
  [...said.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status))
