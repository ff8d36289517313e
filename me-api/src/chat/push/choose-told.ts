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

/** Chooses which browsers are told of which of a room's new messages: each of the last that concerns its person. */
export function chooseTold({ messages, answered, subscribers }: Looked, rules: Rules): Told[] {
  const told = new Map<number, Told>()
  for (const message of messages) {
    const mentioned = mentionedIn(message, subscribers)
    for (const subscriber of subscribers) {
      const reason = reasonFor(subscriber, message, {
        ...rules,
        isAnswered: !!message.replyTo && answered.get(message.replyTo) === subscriber.id,
        isMentioned: mentioned.has(subscriber.id),
      })
      if (!reason) continue
      for (const { id, createdAt } of subscriber.subscriptions)
        if (createdAt <= Date.parse(message.sentAt)) told.set(id, { subscriptionId: id, reason, message })
    }
  }
  return [...told.values()]
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
