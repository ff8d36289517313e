import { computed, shallowRef } from 'vue'
import type { Message } from 'me-api/contract'
import type { Pending } from './pending.ts'
import type { Context, WriteActions } from './write-actions.ts'

const NOTHING: Pending = { reactions: new Map(), edits: new Map(), removals: new Map() }

/**
 * The write actions, loaded only for a person who has a nick. An action that is asked for earlier runs once they are
 * loaded.
 */
export function createLazyWriteActions(load: () => Promise<WriteActions>, room: () => string) {
  const loaded = shallowRef<WriteActions>()
  let loading: Promise<WriteActions> | undefined
  let flowing = false

  /** Called again where it did not come, and harmless where it did. */
  function begin(): Promise<WriteActions> {
    loading ??= load().then(start)
    loading.catch(() => (loading = undefined))
    return loading
  }

  function start(actions: WriteActions): WriteActions {
    loaded.value = actions
    actions.flow(flowing)
    return actions
  }

  /** Starts and stops sending, as the connection opens and closes. */
  function flow(on: boolean): void {
    flowing = on
    if (on) begin().catch(() => undefined)
    loaded.value?.flow(on)
  }

  const settle = (arrived: readonly Message[]) => loaded.value?.settle(arrived)

  const whenLoaded =
    <Args extends unknown[]>(act: (actions: WriteActions, ...args: Args) => unknown) =>
    (...args: Args): void => {
      if (loaded.value) act(loaded.value, ...args)
      else
        begin()
          .then((actions) => act(actions, ...args))
          .catch(() => undefined)
    }

  return {
    begin,
    flow,
    settle,
    outbox: computed(() => loaded.value?.messages.value.filter((item) => item.room === room()) ?? []),
    heldUntil: computed(() => loaded.value?.heldUntil(room()) ?? null),
    fragile: computed(() => loaded.value?.fragile.value ?? false),
    pending: computed(() => loaded.value?.pending.value ?? NOTHING),
    refusal: computed(() => loaded.value?.refusal.value ?? null),
    /** What is done to messages, and to what is on its way. */
    acts: {
      write: whenLoaded((actions, text: string, context?: Context) => actions.write(room(), text, context)),
      tryAgain: whenLoaded((actions, id: string) => actions.tryAgain(id)),
      remove: whenLoaded((actions, id: string) => actions.remove(id)),
      react: whenLoaded((actions, message: Pick<Message, 'id' | 'reactions'>, emoji: string, on: boolean) =>
        actions.react(message, emoji, on),
      ),
      edit: whenLoaded((actions, id: string, text: string) => actions.edit(room(), id, text)),
      saveAgain: whenLoaded((actions, id: string) => actions.saveAgain(id)),
      dropEdit: whenLoaded((actions, id: string) => actions.dropEdit(id)),
      takeAway: whenLoaded((actions, id: string) => actions.takeAway(room(), id)),
      putBack: whenLoaded((actions, id: string) => actions.putBack(id)),
    },
    flush: () => loaded.value?.flush(),
  }
}
