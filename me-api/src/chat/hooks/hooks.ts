import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import type { Language } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import { namespaceOf, uuidV5 } from '../../uuid-v5.ts'
import { type Bots, type KnownBot, personOf, usualRoomOf } from '../bots/bots.ts'
import type { MessageStore } from '../log/message.store.ts'
import type { MessageRules } from '../messages/messages.ts'
import type { ChatLimits } from '../rate-limits/chat-limits.ts'
import { type HookMessage, type HookRequest, readHook } from './read-hook.ts'

/** Which message a request is about: the room that was asked for, and what makes its repeat the same message. */
export type HookTarget = { room: string | undefined; key: string | undefined }

type Parts = {
  bots: Pick<Bots, 'find'>
  rules: Pick<MessageRules, 'send'>
  messages: Pick<MessageStore, 'find'>
  limits: Pick<ChatLimits, 'hooks'>
  secret: string
  /** In which the bots of formats without words of their own speak. */
  language: Language
}

/** Hooks: addresses at which programs that know nothing of this chat say something as a bot. */
export function createHooks({ bots, rules, messages, limits, secret, language }: Parts) {
  const namespace = namespaceOf('hook', secret)

  const roomOf = ({ bot }: KnownBot, { room }: HookTarget): string => room ?? usualRoomOf(bot)

  /** The same for each repeat of a request, and random for one that cannot be told from others. */
  const idOf = (known: KnownBot, target: HookTarget): string =>
    target.key === undefined
      ? randomUUID()
      : uuidV5(namespace, JSON.stringify([known.bot.id, roomOf(known, target), target.key]))

  /** Whether a request repeats one whose message is stored. */
  const isRepeat = async (known: KnownBot, target: HookTarget): Promise<boolean> =>
    target.key !== undefined && (await messages.find(idOf(known, target))) !== null

  return {
    find: bots.find,

    /**
     * Counts a request before it is read, so that a flood costs little. The repeat of a message that is stored always
     * goes on.
     * @throws {Refusal} RATE_LIMITED
     */
    async count(known: KnownBot, target: HookTarget): Promise<void> {
      try {
        limits.hooks(known.bot.id)
      } catch (error) {
        if (!(await isRepeat(known, target))) throw error
      }
    },

    /**
     * Says what a request holds, if that is anything, and returns the answer that its sender expects.
     * @throws {Refusal} FORBIDDEN where the signature is wrong; INVALID, TOO_LARGE, and all that sending throws
     */
    async receive(
      known: KnownBot,
      target: HookTarget,
      request: HookRequest,
      signature: string | undefined,
    ): Promise<HookMessage['answer']> {
      if (signature !== undefined && !isSigned(request.body, known.secret, signature))
        throw new Refusal('FORBIDDEN', 'The signature does not fit the body and the secret of the bot.')
      const { compose, answer } = readHook(request, language)
      if (await isRepeat(known, target)) return answer
      const text = compose()
      if (text === null) return answer
      const draft = { id: idOf(known, target), room: roomOf(known, target), text }
      await (
        await rules.send(personOf(known.bot), draft, null, '')
      ).stored
      return answer
    },
  }
}

export type Hooks = ReturnType<typeof createHooks>

/** Whether `sha256=…` is the HMAC of the body, as it came, under the secret. */
function isSigned(body: Buffer, secret: string, signature: string): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
  const given = Buffer.from(signature.toLowerCase())
  return given.length === expected.length && timingSafeEqual(given, expected)
}
