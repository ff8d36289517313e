import { computed, shallowRef } from 'vue'
import type { Message } from 'me-api/contract'
import type { Pending } from './pending.ts'
import type { WriteActions } from './write-actions.ts'

const NOTHING: Pending = { reactions: new Map(), edits: new Map(), removals: new Map() }

/**
 * What only a writer needs, behind one seam: whoever reads never loads it. What is asked of it before it is there
 * is done when it has come.
 */
export function createLazyWriteActions(load: () => Promise<WriteActions>, room: () => string) {
  const half = shallowRef<WriteActions>()
  let coming: Promise<WriteActions> | undefined
  let flowing = false

  /** Called again where it did not come, and harmless where it did. */
  function begin(): Promise<WriteActions> {
    coming ??= load().then(come)
    coming.catch(() => (coming = undefined))
    return coming
  }

  function come(writing: WriteActions): WriteActions {
    half.value = writing
    writing.flow(flowing)
    return writing
  }

  /** Lets what is written go, or keeps it, as the connection comes and goes. */
  function flow(on: boolean): void {
    flowing = on
    if (on) begin().catch(() => undefined)
    half.value?.flow(on)
  }

  const settle = (arrived: readonly Message[]) => half.value?.settle(arrived)

  const whenThere =
    <Args extends unknown[]>(act: (writing: WriteActions, ...args: Args) => unknown) =>
    (...args: Args): void => {
      if (half.value) act(half.value, ...args)
      else
        begin()
          .then((writing) => act(writing, ...args))
          .catch(() => undefined)
    }

  return {
    begin,
    flow,
    settle,
    outbox: computed(() => half.value?.messages.value.filter((item) => item.room === room()) ?? []),
    heldUntil: computed(() => half.value?.heldUntil(room()) ?? null),
    fragile: computed(() => half.value?.fragile.value ?? false),
    pending: computed(() => half.value?.pending.value ?? NOTHING),
    refusal: computed(() => half.value?.refusal.value ?? null),
    /** What is done to messages, and to what is on its way. */
    acts: {
      write: whenThere((writing, text: string, replyTo?: string) => writing.write(room(), text, replyTo)),
      tryAgain: whenThere((writing, id: string) => writing.tryAgain(id)),
      remove: whenThere((writing, id: string) => writing.remove(id)),
      react: whenThere((writing, message: Pick<Message, 'id' | 'reactions'>, emoji: string, on: boolean) =>
        writing.react(message, emoji, on),
      ),
      edit: whenThere((writing, id: string, text: string) => writing.edit(room(), id, text)),
      saveAgain: whenThere((writing, id: string) => writing.saveAgain(id)),
      dropEdit: whenThere((writing, id: string) => writing.dropEdit(id)),
      takeAway: whenThere((writing, id: string) => writing.takeAway(room(), id)),
      putBack: whenThere((writing, id: string) => writing.putBack(id)),
    },
    flush: () => half.value?.flush(),
  }
}
