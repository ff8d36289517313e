import type { About, Ack, Message, Person } from 'me-api/contract'
import { computed, shallowRef } from 'vue'
import type { ChatSocket } from '../../api/socket.ts'
import type { Clock } from '../../platform/clock.ts'
import { uuid } from './uuid.ts'
import type { Pending } from './pending.ts'
import { keyOf, type OutboxEntry } from './outbox-entry.ts'
import type { OutboxStorage } from './outbox-entries.ts'
import { applyOptimisticState } from './optimistic-state.ts'
import type { LeaderLock } from './leader-lock.ts'
import type { TabChannel } from './tab-channel.ts'
import { createOutbox } from './outbox.ts'
import type { Limit } from './send-rate.ts'
import { createReactions, type ReactionRefused } from './reactions.ts'
import { createRestorableMessages } from './restorable-messages.ts'

/** The parts of the chat that the write actions use. */
export type ChatAccess = {
  socket: ChatSocket
  clock: Clock
  /** Milliseconds for an acknowledgement. */
  patience: number
  self: () => Person | null | undefined
  limit: () => Limit
  /** Puts a newer state of a message into the log. */
  learn: (message: Message) => void
  /** The newest seq of a room's log, where that is known. */
  newest: (room: string) => number | undefined
  /** Whether the room's log has come as far as this seq. */
  reached: (room: string, seq: number) => boolean
  /** No acknowledgement came. */
  onSilent: () => void
}

/** What a message answers, and what it is about. */
export type Context = { replyTo?: string | undefined; about?: About | undefined }

type Parts = ChatAccess & { storage: OutboxStorage; tabs: TabChannel; leaderLock: LeaderLock }

/** Milliseconds in which a removal can be undone. */
const UNDO_FOR = 5_000

/** Every write of this browser to a room's log, from the click until the log shows it. */
export function createWriteActions(parts: Parts) {
  const { socket, clock, patience, self, learn, onSilent } = parts
  /** Why the last reaction or removal was not taken; a new object each time. */
  const refusal = shallowRef<{ code: ReactionRefused } | null>(null)
  const refuse = (code: ReactionRefused) => void (refusal.value = { code })
  const answered = <Answer>(asked: Promise<Answer>) => asked.catch(() => undefined)

  const outbox = createOutbox({ ...parts, ask, refuse })
  const onItsWay = applyOptimisticState(outbox, self)
  const reactions = createReactions({
    ask: (reaction) => answered(socket.timeout(patience).emitWithAck('message:react', reaction)),
    learn,
    refuse,
  })
  const restoring = createRestorableMessages({ clock })
  const pending = computed<Pending>(() => ({
    reactions: reactions.wanted.value,
    edits: onItsWay.edits.value,
    removals: new Map([
      ...onItsWay.removals.value,
      ...[...restoring.ids.value].map((id) => [id, 'undoable'] as const),
    ]),
  }))

  async function ask({
    does,
    id,
    room,
    text,
    replyTo,
    about,
  }: OutboxEntry): Promise<Ack<Message> | undefined> {
    const patient = socket.timeout(patience)
    const answer = await answered(
      does === 'send'
        ? patient.emitWithAck('message:send', { id, room, text, replyTo, about })
        : does === 'edit'
          ? patient.emitWithAck('message:edit', { id, text })
          : patient.emitWithAck('message:delete', { id }),
    )
    if (!answer) onSilent()
    return answer
  }

  function write(room: string, text: string, { replyTo, about }: Context = {}): void {
    outbox.add({ does: 'send', id: uuid(), room, text, replyTo, about })
  }

  function edit(room: string, id: string, text: string): void {
    outbox.add({ does: 'edit', id, room, text })
  }

  /** Hides a message at once and deletes it for everybody a little later; the owner deletes at once, and can undo it. */
  function takeAway(room: string, id: string): void {
    if (onItsWay.removals.value.has(id)) return
    void outbox.drop(keyOf('edit', id))
    const removal = { does: 'delete', id, room, text: '' } as const
    if (self()?.role !== 'owner') return outbox.add({ ...removal, notBefore: clock.now() + UNDO_FOR })
    restoring.begin(id)
    outbox.add(removal)
  }

  function putBack(id: string): void {
    const key = keyOf('delete', id)
    const isUnsent = outbox.list().some((entry) => entry.key === key) && !outbox.underWay.value.has(key)
    if (isUnsent && pending.value.removals.get(id) === 'undoable') void outbox.drop(key)
    else if (restoring.ids.value.has(id)) void restore(id)
    restoring.end(id)
  }

  async function restore(id: string): Promise<void> {
    const answer = await answered(socket.timeout(patience).emitWithAck('message:restore', { id }))
    if (answer?.ok) learn(answer.data)
    else refuse(answer?.error.code ?? 'UNAVAILABLE')
  }

  /** The page is closing: what could still be undone is sent now. */
  function flush(): void {
    for (const [id, state] of onItsWay.removals.value)
      if (state === 'undoable') outbox.change(keyOf('delete', id), { notBefore: undefined })
  }

  return {
    messages: onItsWay.messages,
    heldUntil: onItsWay.heldUntil,
    fragile: onItsWay.fragile,
    pending,
    refusal,
    flow: outbox.flow,
    settle: outbox.settle,
    write,
    tryAgain: (id: string) => outbox.tryAgain(keyOf('send', id)),
    remove: (id: string) => void outbox.drop(keyOf('send', id)),
    edit,
    saveAgain: (id: string) => outbox.tryAgain(keyOf('edit', id)),
    dropEdit: (id: string) => void outbox.drop(keyOf('edit', id)),
    takeAway,
    putBack,
    flush,
    react: reactions.react,
  }
}

export type WriteActions = ReturnType<typeof createWriteActions>
