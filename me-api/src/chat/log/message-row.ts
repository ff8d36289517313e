import type { About, Message } from '../../contract/index.ts'
import type { MessageRow, NewMessageRow } from '../../db/tables.ts'
import { indexedTextOf } from '../../search-words.ts'
import { contentOf } from './content.ts'

/** The columns of a message; the others only serve the search. */
export const messageColumns = [
  ...(['key', 'id', 'room', 'seq', 'rev', 'author_id', 'nick', 'role', 'text'] as const),
  ...(['sent_at', 'edited_at', 'deleted_at', 'reply_to', 'reactions', 'about_path', 'about'] as const),
]

/** The same where a query joins other tables. */
export const qualifiedColumns = messageColumns.map((column) => `messages.${column}` as const)

export function toMessage(row: Omit<MessageRow, 'key'>): Message {
  const message: Message = {
    id: row.id,
    room: row.room,
    seq: row.seq,
    rev: row.rev,
    author: { id: row.author_id, nick: row.nick, role: row.role },
    ...contentOf(row),
    sentAt: new Date(row.sent_at).toISOString(),
  }
  if (row.edited_at !== null) message.editedAt = new Date(row.edited_at).toISOString()
  if (row.deleted_at !== null) message.deletedAt = new Date(row.deleted_at).toISOString()
  if (row.reply_to !== null) message.replyTo = row.reply_to
  if (row.reactions !== null) message.reactions = JSON.parse(row.reactions) as Record<string, string[]>
  if (row.about_path !== null && row.about !== null)
    message.about = { path: row.about_path, ...(JSON.parse(row.about) as Omit<About, 'path'>) }
  return message
}

export const toRow = (message: Message): NewMessageRow => ({
  id: message.id,
  room: message.room,
  seq: message.seq,
  rev: message.rev,
  author_id: message.author.id,
  nick: message.author.nick,
  role: message.author.role,
  ...contentOf(message),
  sent_at: Date.parse(message.sentAt),
  edited_at: message.editedAt ? Date.parse(message.editedAt) : null,
  deleted_at: message.deletedAt ? Date.parse(message.deletedAt) : null,
  reply_to: message.replyTo ?? null,
  reactions: message.reactions ? JSON.stringify(message.reactions) : null,
  about_path: message.about?.path ?? null,
  about: message.about ? restOf(message.about) : null,
  words: indexedTextOf(message.text),
})

const restOf = ({ path: _, ...rest }: About): string => JSON.stringify(rest)
