/**
 * The usual Socket.IO chat, built like the tutorial (https://socket.io/docs/v4/tutorial/introduction): one insert and
 * one emit per message, acknowledged after the insert; missed messages are read by the client's offset. It uses
 * better-sqlite3 in WAL with `synchronous=NORMAL`, that library's default: a commit is not synced to disk. The
 * tutorial's connection state recovery is left out, because it would add another identifier to each emit.
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
      // The message was stored before; only the acknowledgement was lost.
      if ((error as { code?: string }).code === 'SQLITE_CONSTRAINT_UNIQUE') acknowledge()
    }
  })
  for (const { id, content } of missed.all(Number(socket.handshake.auth['serverOffset'] ?? 0))) {
    socket.emit('chat message', content, id)
  }
})

listen(server)
