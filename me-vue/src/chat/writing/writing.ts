import type { Ack, Message } from 'me-api/contract'
import { computed, shallowRef } from 'vue'
import type { ChatSocket } from '../../api/socket.ts'
import type { Clock } from '../clock.ts'
import { newId } from '../new-id.ts'
import type { Pending } from '../shown.ts'
import { createEdits } from './edits.ts'
import { createOutbox, type Draft, type OutboxStorage } from './outbox.ts'
import { createReactions, type ReactionRefused } from './reactions.ts'
import { createRemovals } from './removals.ts'

/** What the writer's half knows of the chat. */
export type Link = {
  socket: ChatSocket
  clock: Clock
  /** Milliseconds for an acknowledgement. */
  patience: number
  /** Puts a newer state of a message into the log. */
  learn: (message: Message) => void
  /** Whether the room's log has come as far as this seq. */
  reached: (room: string, seq: number) => boolean
  /** No acknowledgement came. */
  onSilent: () => void
}

type Parts = Link & { storage: OutboxStorage }

/** All that one does to a room's log, from the click until the log shows it. */
export function createWriting({ socket, clock, patience, learn, reached, onSilent, storage }: Parts) {
  /** Why the last reaction or removal was not taken; a new object each time. */
  const refusal = shallowRef<{ code: ReactionRefused } | null>(null)
  const refuse = (code: ReactionRefused) => void (refusal.value = { code })
  const answered = <Answer>(asked: Promise<Answer>) => asked.catch(() => undefined)
  const patient = () => socket.timeout(patience)

  const outbox = createOutbox({ storage, send, reached, clock, newId })
  const reactions = createReactions({
    ask: (reaction) => answered(patient().emitWithAck('message:react', reaction)),
    learn,
    refuse,
  })
  const edits = createEdits({
    ask: (edit) => answered(patient().emitWithAck('message:edit', edit)),
    learn,
  })
  const removals = createRemovals({
    ask: (message) => answered(patient().emitWithAck('message:delete', message)),
    learn,
    refuse,
    clock,
  })

  const pending = computed<Pending>(() => ({
    reactions: reactions.wanted.value,
    edits: edits.edits.value,
    removals: removals.removals.value,
  }))

  async function send(draft: Draft): Promise<Ack<Message>> {
    const answer = await answered(patient().emitWithAck('message:send', draft))
    if (answer) return answer
    onSilent()
    throw new Error('no acknowledgement')
  }

  return {
    outbox: outbox.items,
    heldUntil: outbox.heldUntil,
    flow: outbox.flow,
    settle: outbox.settle,
    write: outbox.write,
    tryAgain: outbox.tryAgain,
    remove: outbox.remove,
    refusal,
    pending,
    react: reactions.react,
    edit: edits.edit,
    saveAgain: edits.again,
    dropEdit: edits.drop,
    takeAway: removals.remove,
    putBack: removals.undo,
    flush: removals.flush,
  }
}

export type Writing = ReturnType<typeof createWriting>
