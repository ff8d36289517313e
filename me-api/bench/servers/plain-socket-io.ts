/** Plain Socket.IO: broadcasts each message to everybody and stores nothing. */
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { listen } from './listen.ts'

const server = createServer()
const io = new Server(server)
let sent = 0

io.on('connection', (socket) => {
  socket.on('chat message', (text: string, _clientOffset: string, acknowledge: () => void) => {
    io.emit('chat message', text, ++sent)
    acknowledge()
  })
})

listen(server)
