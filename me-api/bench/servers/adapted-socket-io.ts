/** Plain Socket.IO on several nodes, by the Redis adapter as its documentation sets it up; stores nothing. */
import { createServer } from 'node:http'
import { createClient } from '@redis/client'
import { createAdapter } from '@socket.io/redis-adapter'
import { Server } from 'socket.io'
import { listen } from './listen.ts'

// The adapter does not look at how a publish ends. Under a load that stalls the process for seconds the Redis client's
// commands time out, which would end the process: its readers show what is lost.
process.once('unhandledRejection', (error: Error) => {
  console.error(`The adapter's client: ${error.name}`)
  process.on('unhandledRejection', () => undefined)
})

const publisher = createClient({ url: process.env['REDIS_URL'] ?? '' })
const subscriber = publisher.duplicate()
await Promise.all([publisher.connect(), subscriber.connect()])

const server = createServer()
const io = new Server(server, { adapter: createAdapter(publisher, subscriber) })

let sent = 0
io.on('connection', (socket) => {
  socket.on('chat message', (text: string, _clientOffset: string, acknowledge: () => void) => {
    // All writers of the benchmark are on one node, so that its count numbers all messages.
    io.emit('chat message', text, ++sent)
    acknowledge()
  })
})

listen(server)
