import type { Ack, ErrorCode, Message, Reaction } from 'me-api/contract'
import { REACTION_KINDS_MAX } from 'me-api/contract/limits'
import { shallowRef } from 'vue'
import type { Wanted } from './optimistic-reactions.ts'

/** Why a reaction is not taken; `FULL`: the message holds as many kinds as it can. */
export type ReactionRefused = ErrorCode | 'FULL'

type Parts = {
  /** Undefined where no answer came. */
  ask: (reaction: Reaction) => Promise<Ack<Message> | undefined>
  learn: (message: Message) => void
  refuse: (why: ReactionRefused) => void
}

/** The reader's own reactions between the click and the answer: shown at once, withdrawn if refused. */
export function createReactions({ ask, learn, refuse }: Parts) {
  /** Message id → what is on its way for it. */
  const wanted = shallowRef<ReadonlyMap<string, Wanted>>(new Map())
  /** Of several clicks on one emoji the last one's answer counts. */
  const clicks = new Map<string, number>()

  async function react(message: Pick<Message, 'id' | 'reactions'>, emoji: string, on: boolean) {
    const { id, reactions } = message
    if (on && isFull({ ...reactions, ...wanted.value.get(id) }, emoji)) return refuse('FULL')
    const key = `${id} ${emoji}`
    const click = (clicks.get(key) ?? 0) + 1
    clicks.set(key, click)
    want(id, { ...wanted.value.get(id), [emoji]: on })
    const answer = await ask({ id, emoji, on })
    if (answer?.ok) learn(answer.data)
    if (clicks.get(key) !== click) return
    clicks.delete(key)
    const { [emoji]: _, ...others } = wanted.value.get(id) ?? {}
    want(id, others)
    if (!answer?.ok) refuse(answer?.error.code ?? 'UNAVAILABLE')
  }

  function want(id: string, signs: Wanted): void {
    const next = new Map(wanted.value)
    if (Object.keys(signs).length > 0) next.set(id, signs)
    else next.delete(id)
    wanted.value = next
  }

  return { wanted, react }
}

const isFull = (reactions: object, emoji: string) =>
  !(emoji in reactions) && Object.keys(reactions).length >= REACTION_KINDS_MAX
