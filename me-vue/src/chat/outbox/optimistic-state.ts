import { computed } from 'vue'
import type { Person } from 'me-api/contract'
import { isHeld, isHidden, isOwn, outgoing, type OutboxEntry, type Outgoing } from './outbox-entry.ts'
import { queueOf } from './outbox-sender.ts'
import type { Outbox } from './outbox.ts'
import type { Edit, Removal } from './pending.ts'

/** How the entries are shown: messages under way, pending edits, and deleted messages. */
export function applyOptimisticState(outbox: Outbox, self: () => Person | null | undefined) {
  const { list, loose, sent, underWay, flowing, isLeader, now, held } = outbox
  const of = (does: OutboxEntry['does']) => list().filter((entry) => entry.does === does)

  const messages = computed<readonly Outgoing[]>(() => {
    const stored = new Set(sent.value.map(({ id }) => id))
    const onTheirWay = of('send').filter((entry) => !stored.has(entry.id) && !isHidden(entry, self()))
    return [...sent.value, ...onTheirWay.map((entry) => outgoing(entry, stateOf(entry), whyOf(entry)))]
  })
  const edits = computed<ReadonlyMap<string, Edit>>(
    () =>
      new Map(
        of('edit')
          .filter(isMine)
          .map((edit) => [edit.id, { text: edit.text, state: stateOf(edit), heldUntil: heldUntil(edit) }]),
      ),
  )
  const removals = computed<ReadonlyMap<string, Removal>>(
    () =>
      new Map(
        of('delete')
          .filter(isMine)
          .map((removal) => [removal.id, canUndo(removal) ? 'undoable' : 'leaving']),
      ),
  )
  /** Whether an entry would be lost with this tab. */
  const fragile = computed(() => [...loose.value.values()].some((entry) => stateOf(entry) === 'waiting'))

  function stateOf(entry: OutboxEntry): Exclude<Outgoing['state'], 'sent'> {
    if ((entry.error && !isHeld(entry)) || !isMine(entry)) return 'failed'
    if (underWay.value.has(entry.key)) return 'sending'
    return flowing.value && !isLeader.value && !isHeld(entry) && !held().has(queueOf(entry))
      ? 'sending'
      : 'waiting'
  }

  const heldUntil = (entry: OutboxEntry): string | undefined =>
    isHeld(entry) && stateOf(entry) === 'waiting' ? new Date(entry.notBefore ?? 0).toISOString() : undefined

  function whyOf(entry: OutboxEntry): Pick<Outgoing, 'error' | 'after' | 'heldUntil'> {
    if (isMine(entry) && isHeld(entry)) return { heldUntil: heldUntil(entry) }
    return { after: entry.after, error: entry.error ?? (isMine(entry) ? undefined : { code: 'WRITTEN_AS' }) }
  }

  function isMine(entry: OutboxEntry): boolean {
    const by = self()
    return !by || isOwn(entry, by)
  }

  const canUndo = ({ key, notBefore = 0 }: OutboxEntry) => notBefore > now.value && !underWay.value.has(key)

  return {
    messages,
    edits,
    removals,
    fragile,
    canUndo,
    /** When messages of a room go on, in milliseconds since 1970, where something holds them up. */
    heldUntil: (room: string) => held().get(queueOf({ does: 'send', room })) ?? null,
  }
}
