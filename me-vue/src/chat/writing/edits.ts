import type { Ack, Message, MessageEdit } from 'me-api/contract'
import { shallowRef } from 'vue'

/** New words for a message, until the log shows them. */
export type Edit = { readonly text: string; readonly state: 'saving' | 'failed' }

type Parts = {
  /** Undefined where no answer came. */
  ask: (edit: MessageEdit) => Promise<Ack<Message> | undefined>
  learn: (message: Message) => void
}

/** Edits that are being saved, or could not be: then they stay, to be tried again or dropped. */
export function createEdits({ ask, learn }: Parts) {
  const edits = shallowRef<ReadonlyMap<string, Edit>>(new Map())

  async function edit(id: string, text: string): Promise<void> {
    const saving: Edit = { text, state: 'saving' }
    set(id, saving)
    const answer = await ask({ id, text })
    if (answer?.ok) learn(answer.data)
    if (edits.value.get(id) === saving) set(id, answer?.ok ? undefined : { text, state: 'failed' })
  }

  function again(id: string): void {
    const failed = edits.value.get(id)
    if (failed) void edit(id, failed.text)
  }

  const drop = (id: string) => set(id, undefined)

  function set(id: string, now: Edit | undefined): void {
    const next = new Map(edits.value)
    if (now) next.set(id, now)
    else next.delete(id)
    edits.value = next
  }

  return { edits, edit, again, drop }
}
