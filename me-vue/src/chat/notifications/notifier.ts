import type { Message } from 'me-api/contract'
import { isPrivate } from 'me-api/contract/conversation-name'
import type { Clock } from '../../platform/clock.ts'
import { findMention } from '../formatting/mentions.ts'

type Parts = {
  clock: Clock
  /** Whether this tab notifies: only one of the open tabs does. */
  isNotifier: () => boolean
  hidden: () => boolean
  readUpTo: (room: string) => number | null
  preferences: { sound: boolean; notification: boolean }
  nick: () => string | null | undefined
  /** Nicks of those who are here or spoke lately. */
  nicks: () => Iterable<string>
  /** Whether the reader wrote the message with that id. */
  isMine: (id: string) => Promise<boolean>
  play: () => void
  /** Resolves with a function that takes it away again. */
  show: (message: Message) => Promise<() => void>
}

/** Milliseconds in which another tab that shows a message marks it as read: nobody is notified of what they read. */
const GRACE = 600

/**
 * Plays a sound for what is unread, and shows a notification for a mention of this reader, an answer to them or private
 * words.
 */
export function createNotifier(parts: Parts) {
  const { clock, isNotifier, hidden, readUpTo, preferences, nick, nicks, isMine, play, show } = parts
  let waiting: readonly Message[] = []
  let shown: { message: Message; close: () => void } | undefined

  function notify(messages: readonly Message[]): void {
    if (messages.length === 0) return
    if (waiting.length === 0) clock.after(GRACE, () => void notifyOfUnread())
    waiting = [...waiting, ...messages]
  }

  async function notifyOfUnread(): Promise<void> {
    const unread = waiting.filter(({ room, seq }) => seq > (readUpTo(room) ?? 0))
    waiting = []
    if (unread.length === 0 || !isNotifier()) return
    if (preferences.sound) play()
    if (preferences.notification && hidden()) await showLast(unread)
  }

  /**
   * Takes newer states of messages: what is gone, the text or the author's name, is not notified, and a notification that
   * shows it is closed.
   */
  function update(messages: readonly Message[]): void {
    const now = new Map(messages.map((message) => [message.id, message]))
    const isOther = ({ id, text, author }: Message) => {
      const newer = now.get(id)
      return newer && (newer.text !== text || newer.author.nick !== author.nick)
    }
    waiting = waiting.map((message) => now.get(message.id) ?? message).filter(({ deletedAt }) => !deletedAt)
    if (!shown || !isOther(shown.message)) return
    shown.close()
    shown = undefined
  }

  /** A burst makes one notification. */
  async function showLast(unread: readonly Message[]): Promise<void> {
    for (const message of unread.toReversed())
      if (await isForMe(message)) {
        shown = { message, close: await show(message) }
        return
      }
  }

  async function isForMe({ room, text, replyTo }: Message): Promise<boolean> {
    const self = nick()
    return (
      isPrivate(room) ||
      (!!self && (await findMention(text, self, nicks()))) ||
      (replyTo !== undefined && (await isMine(replyTo)))
    )
  }

  return { notify, update }
}
