import type { Message, Person } from 'me-api/contract'
import { computed, shallowRef } from 'vue'
import type { ChatSocket } from '../api/socket.ts'
import type { Clock } from './clock.ts'
import { createEdits } from './edits.ts'
import { createReactions, type ReactionRefused } from './reactions.ts'
import { createRemovals } from './removals.ts'
import type { Pending } from './shown.ts'

type Parts = {
  socket: ChatSocket
  clock: Clock
  /** Milliseconds for an acknowledgement. */
  patience: number
  /** Puts a newer state of a message into the log. */
  learn: (message: Message) => void
}

/** What one does to messages that are already in the log, from the click until the log shows it. */
export function createActions({ socket, clock, patience, learn }: Parts) {
  /** Why the last reaction or removal was not taken; a new object each time. */
  const refusal = shallowRef<{ code: ReactionRefused } | null>(null)
  const refuse = (code: ReactionRefused) => void (refusal.value = { code })
  const answered = <Answer>(asked: Promise<Answer>) => asked.catch(() => undefined)
  const patient = () => socket.timeout(patience)

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

  return {
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

/** Whether somebody may remove what another wrote, or change it. */
export const mayDelete = (by: Person | null, { author }: Pick<Message, 'author'>) =>
  by?.role === 'owner' || by?.id === author.id
export const mayEdit = (by: Person | null, { author }: Pick<Message, 'author'>) => by?.id === author.id
