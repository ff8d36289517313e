import type { Message } from 'me-api/contract'
import type { Clock } from '../../platform/clock.ts'
import { mentions } from '../formatting/mentions.ts'

type Parts = {
  clock: Clock
  /** Whether it is this tab that tells: of all that are open only one does. */
  tells: () => boolean
  hidden: () => boolean
  seenUpTo: (room: string) => number | null
  wants: { sound: boolean; notification: boolean }
  nick: () => string | null | undefined
  /** Whether a message with that id is one's own. */
  isMine: (id: string) => Promise<boolean>
  play: () => void
  show: (message: Message) => void
}

/** Milliseconds in which another tab that shows a message has marked it as seen: nobody is told what they read. */
const GRACE = 600

/** Says aloud what came in: a tone for whatever is unread, a notification for what is meant for this reader. */
export function createNotifier(parts: Parts) {
  const { clock, tells, hidden, seenUpTo, wants, nick, isMine, play, show } = parts
  let waiting: Message[] = []

  function tell(messages: readonly Message[]): void {
    if (messages.length === 0) return
    if (waiting.length === 0) clock.after(GRACE, () => void say())
    waiting.push(...messages)
  }

  async function say(): Promise<void> {
    const unread = waiting.filter(({ room, seq }) => seq > (seenUpTo(room) ?? 0))
    waiting = []
    if (unread.length === 0 || !tells()) return
    if (wants.sound) play()
    if (wants.notification && hidden()) await showLast(unread)
  }

  /** One of a burst is enough. */
  async function showLast(unread: readonly Message[]): Promise<void> {
    for (const message of unread.toReversed()) if (await isForMe(message)) return show(message)
  }

  async function isForMe({ text, replyTo }: Message): Promise<boolean> {
    const self = nick()
    return (!!self && mentions(text, self)) || (replyTo !== undefined && (await isMine(replyTo)))
  }

  return { tell }
}
