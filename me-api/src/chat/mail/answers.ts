import type { Clock } from '../../clock.ts'
import {
  type AnswerPageData,
  type Message,
  MessageText,
  type Person,
  isPrivate,
} from '../../contract/index.ts'
import { Refusal, parse } from '../../errors.ts'
import { namespaceOf, uuidV5 } from '../../uuid-v5.ts'
import type { MessageRules } from '../messages/messages.ts'
import type { MessageReads } from '../messages/read-messages.ts'
import { plainText } from '../push/plain-text.ts'
import type { Limiter } from '../rate-limits/rate-limiter.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { AnswerLink, MailLinks } from './mail-links.ts'
import type { MailStore } from './mail.store.ts'

/** The messages that the answer box shows at most, the newest. */
const SHOWN_MAX = 50

/** What a form of the answer box sends; `nonce` is the same for a repeat. */
type AnswerForm = { text: string; nonce: string }

type Parts = {
  links: MailLinks
  store: Pick<MailStore, 'sessionResets' | 'room'>
  owner: () => Promise<{ id: string; nick: string } | null>
  rooms: Pick<Rooms, 'open'>
  reads: Pick<MessageReads, 'history'>
  rules: Pick<MessageRules, 'send'>
  /** Limits how often is answered from mails. */
  limit: Limiter
  secret: string
  clock: Clock
}

/** Answering as the owner from a mail: its link opens one conversation, and is good for nothing else. */
export function createAnswers({ links, store, owner, rooms, reads, rules, limit, secret, clock }: Parts) {
  const namespace = namespaceOf('answer from a mail', secret)

  /** @throws {Refusal} NOT_FOUND where the link is not valid, or no longer */
  async function open(token: string): Promise<{ link: AnswerLink; self: Person }> {
    const self = await owner()
    const link = self && links.readAnswer(token, self.id, await store.sessionResets(self.id))
    if (!link || clock.now() > link.expiresAt)
      throw new Refusal('NOT_FOUND', 'That link is not valid, or no longer.')
    return { link, self: { id: self.id, nick: self.nick, role: 'owner' } }
  }

  async function messagesOf(self: Person, { room, from, to }: AnswerLink): Promise<Message[]> {
    const limit = Math.min(to - from + 1, SHOWN_MAX)
    const { messages } = await reads.history(self, room, { before: to + 1, limit })
    return messages.filter(({ seq, deletedAt }) => seq >= from && !deletedAt)
  }

  return {
    /** Returns what the link's page shows; reading changes nothing. @throws {Refusal} NOT_FOUND */
    async read(token: string): Promise<AnswerPageData> {
      const { link, self } = await open(token)
      await rooms.open(self, link.room)
      const { title, rev } = await store.room(link.room)
      const messages = await messagesOf(self, link)
      const others = messages.find(({ author }) => author.id !== self.id)
      return {
        title: title || (others?.author.nick ?? ''),
        isPrivate: isPrivate(link.room),
        path: `/chat/${link.room}`,
        messages: messages.map(({ id, author, text, sentAt, about }) => ({
          ...{ id, nick: author.nick, text: plainText(text), sentAt },
          ...(about && { about }),
        })),
        nonce: String(rev),
      }
    },

    /**
     * Stores an answer, in an open room to the last message that the mail told of. The same form sent again is the same
     * message.
     * @throws {Refusal} NOT_FOUND, INVALID, TOO_LONG, RATE_LIMITED
     */
    async send(
      token: string,
      { text, nonce }: AnswerForm,
      { address, host }: { address: string | null; host: string },
    ): Promise<void> {
      const { link, self } = await open(token)
      const words = parse(MessageText, text)
      limit(self.id)
      const others = (await messagesOf(self, link)).filter(({ author }) => author.id !== self.id)
      const replyTo = isPrivate(link.room) ? undefined : others.at(-1)?.id
      const id = uuidV5(namespace, JSON.stringify([token, nonce, words]))
      const draft = { room: link.room, id, text: words, ...(replyTo && { replyTo }) }
      await (
        await rules.send(self, draft, address, host)
      ).stored
    },
  }
}

export type Answers = ReturnType<typeof createAnswers>
