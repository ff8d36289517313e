import { folded } from '../../contract/mentions.ts'
import { isMentioned } from '../../contract/message-markdown.ts'
import { type Message, isPrivate } from '../../contract/index.ts'
import type { ReadRule } from '../rooms/read-rule.ts'
import type { Looked, Subscriber, Told } from './new-messages.store.ts'
import type { Reason } from './reasons.ts'

type Rules = {
  mayRead: ReadRule
  /** Whether a member is there, so that visitors are not among themselves. */
  isMemberThere: boolean
}

/** Chooses who is told of which of a room's new messages, in the room's order. */
export function chooseTold({ messages, answered, subscribers }: Looked, rules: Rules): Told[] {
  return messages.flatMap((message) => {
    const mentioned = mentionedIn(message, subscribers)
    return subscribers.flatMap((subscriber) => {
      const reason = reasonFor(subscriber, message, {
        ...rules,
        isAnswered: !!message.replyTo && answered.get(message.replyTo) === subscriber.id,
        isMentioned: mentioned.has(subscriber.id),
      })
      return reason ? { subscriber, reason, message } : []
    })
  })
}

type About = Rules & { isAnswered: boolean; isMentioned: boolean }

function reasonFor(person: Subscriber, { author, room }: Message, about: About): Reason | null {
  if (author.id === person.id || !about.mayRead(person, room)) return null
  if (isPrivate(room)) return 'private'
  if (about.isAnswered) return 'answer'
  if (about.isMentioned) return 'mention'
  return person.role === 'owner' && author.role === 'visitor' && !about.isMemberThere ? 'said' : null
}

/** Returns the ids of those who are mentioned in a message. */
function mentionedIn({ text }: Message, subscribers: Subscriber[]): Set<string> {
  const said = folded(text)
  // Reading the Markdown for each of a thousand people would take too long.
  const possible = subscribers.filter(({ nick }) => nick !== '' && said.includes(`@${folded(nick)}`))
  const nicks = possible.map(({ nick }) => nick)
  return new Set(possible.filter(({ nick }) => isMentioned(text, nick, nicks)).map(({ id }) => id))
}
