/** `ws` with the broadcast of its README: no names, no acknowledgements, no storage. */
import { createServer } from 'node:http'
import { type RawData, WebSocket, WebSocketServer } from 'ws'
import { listen } from './listen.ts'

const server = createServer()
const sockets = new WebSocketServer({ server })

sockets.on('connection', (socket) => {
  socket.on('error', () => {})
  socket.on('message', (data: RawData) => {
    for (const client of sockets.clients) {
      if (client.readyState === WebSocket.OPEN) client.send(data, { binary: false })
    }
  })
})

listen(server)
