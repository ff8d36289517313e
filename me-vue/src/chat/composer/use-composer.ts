import type { About } from 'me-api/contract'
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { useDraft } from './use-draft.ts'

/**
 * What the composer is for right now; a draft waits while a message is being edited. `room` names what it writes into,
 * each with its own draft.
 */
export function useComposer(room: () => string) {
  const draft = useDraft(room)
  const replyTo = useDraft(room, 'reply')
  const editing = shallowRef<{ id: string; text: string } | null>(null)
  const edited = ref('')
  watch(room, () => (editing.value = null))

  const text = computed({
    get: () => (editing.value ? edited.value : draft.value),
    set(words) {
      if (editing.value) edited.value = words
      else draft.value = words
    },
  })

  function setText(words: string): void {
    text.value = words
  }

  function reply(id: string): void {
    editing.value = null
    replyTo.value = id
  }

  function edit({ id, text }: { id: string; text: string }): void {
    editing.value = { id, text }
    edited.value = text
  }

  function cancel(): void {
    if (editing.value) editing.value = null
    else replyTo.value = ''
  }

  /** Clears the composer after its text was handed over for sending. */
  function done(): void {
    if (!editing.value) draft.value = ''
    cancel()
  }

  /** Puts text that could not be sent below the draft. */
  function takeBack(words: string): void {
    editing.value = null
    draft.value = draft.value.trim() ? `${draft.value.trimEnd()}\n${words}` : words
  }

  return reactive({ text, replyTo, editing, setText, reply, edit, cancel, done, takeBack })
}

/** `about` is what a message is about that answers none. */
export type Composer = ReturnType<typeof useComposer> & { about?: () => About }
