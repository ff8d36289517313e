import { computed } from 'vue'
import type { Person } from 'me-api/contract'
import { isHidden, isOwn, outgoing, type OutboxEntry, type Outgoing } from './outbox-entry.ts'
import { laneOf } from './outbox-sender.ts'
import type { Outbox } from './outbox.ts'
import type { Edit, Removal } from './pending.ts'

/** How the errands are shown: messages on their way, new words for old messages, and messages taken away. */
export function applyOptimisticState(outbox: Outbox, self: () => Person | null | undefined) {
  const { list, loose, sent, underWay, flowing, sends, now, held } = outbox
  const of = (does: OutboxEntry['does']) => list().filter((errand) => errand.does === does)

  const messages = computed<readonly Outgoing[]>(() => {
    const stored = new Set(sent.value.map(({ id }) => id))
    const onTheirWay = of('send').filter((errand) => !stored.has(errand.id) && !isHidden(errand, self()))
    return [...sent.value, ...onTheirWay.map((errand) => outgoing(errand, stateOf(errand), whyOf(errand)))]
  })
  const edits = computed<ReadonlyMap<string, Edit>>(
    () =>
      new Map(
        of('edit')
          .filter(isMine)
          .map((edit) => [edit.id, { text: edit.text, state: stateOf(edit) }]),
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
  /** Would be lost with this tab. */
  const fragile = computed(() => [...loose.value.values()].some((errand) => stateOf(errand) === 'waiting'))

  function stateOf(errand: OutboxEntry): Exclude<Outgoing['state'], 'sent'> {
    if (errand.error || !isMine(errand)) return 'failed'
    if (underWay.value.has(errand.key)) return 'sending'
    return flowing.value && !sends.value && !held().has(laneOf(errand)) ? 'sending' : 'waiting'
  }

  function whyOf(errand: OutboxEntry): Pick<Outgoing, 'error'> {
    return { error: errand.error ?? (isMine(errand) ? undefined : { code: 'WRITTEN_AS' }) }
  }

  function isMine(errand: OutboxEntry): boolean {
    const by = self()
    return !by || isOwn(errand, by)
  }

  const canUndo = ({ key, notBefore = 0 }: OutboxEntry) => notBefore > now.value && !underWay.value.has(key)

  return {
    messages,
    edits,
    removals,
    fragile,
    canUndo,
    /** When messages of a room go on, in milliseconds since 1970, where something holds them up. */
    heldUntil: (room: string) => held().get(laneOf({ does: 'send', room })) ?? null,
  }
}
