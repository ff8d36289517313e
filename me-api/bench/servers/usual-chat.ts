/**
 * The usual Socket.IO chat, as its own tutorial builds it (https://socket.io/docs/v4/tutorial/introduction): one
 * insert and one emit per message, acknowledged after the insert, what was missed read by the client's offset.
 * better-sqlite3 in WAL, with the `synchronous=NORMAL` that it sets for WAL: a commit is not synced to the disk.
 * Left out is the tutorial's connection state recovery, which would cost it another identifier per emit.
 */
import { createServer } from 'node:http'
import Sqlite from 'better-sqlite3'
import { Server } from 'socket.io'
import { listen } from './listen.ts'

const db = new Sqlite(process.env['DATABASE'] ?? ':memory:')
db.pragma('journal_mode = WAL')
db.exec(
  'CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, client_offset TEXT UNIQUE, content TEXT)',
)
const insert = db.prepare('INSERT INTO messages (content, client_offset) VALUES (?, ?)')
const missed = db.prepare<[number], { id: number; content: string }>(
  'SELECT id, content FROM messages WHERE id > ?',
)

const server = createServer()
const io = new Server(server)

io.on('connection', (socket) => {
  socket.on('chat message', (text: string, clientOffset: string, acknowledge: () => void) => {
    try {
      const { lastInsertRowid } = insert.run(text, clientOffset)
      io.emit('chat message', text, Number(lastInsertRowid))
      acknowledge()
    } catch (error) {
      // Sent before, and stored: what is missing is only the acknowledgement.
      if ((error as { code?: string }).code === 'SQLITE_CONSTRAINT_UNIQUE') acknowledge()
    }
  })
  for (const { id, content } of missed.all(Number(socket.handshake.auth['serverOffset'] ?? 0))) {
    socket.emit('chat message', content, id)
  }
})

listen(server)
