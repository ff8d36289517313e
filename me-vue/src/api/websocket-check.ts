/** Milliseconds in which a WebSocket must have carried something both ways. */
const PATIENCE = 10_000

/**
 * Whether a WebSocket to the chat's server carries messages both ways. It speaks Socket.IO: the server opens, and answers
 * a `connect` to the root namespace, which admits nobody.
 */
export function doesWebSocketWork(): Promise<boolean> {
  const address = new URL('/socket.io/?EIO=4&transport=websocket', location.href)
  address.protocol = address.protocol.replace('http', 'ws')
  const socket = new WebSocket(address)
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(false), PATIENCE)
    socket.onmessage = ({ data }) => {
      if (String(data).startsWith('44')) end(true)
      else socket.send('40')
    }
    socket.onclose = () => end(false)

    function end(works: boolean): void {
      clearTimeout(timer)
      socket.close()
      resolve(works)
    }
  })
}
