import type { Room } from 'me-api/contract'
import { type Ref, ref, shallowRef } from 'vue'
import { deleteIfThere } from '../api/delete-if-there.ts'
import { type ApiError, get, toShow } from '../api/http.ts'
import { focusIn } from '../ui/focus-in.ts'

/**
 * The list of a section, of bots or webhooks: one form is open and one thing is done at a time. `path` is that of the
 * list in the API; in the `section` an entry's element has its id as `data-entry`. `Keys` are what the server shows once.
 */
export function useEntries<Entry extends { id: string }, Keys>(
  path: string,
  section: Readonly<Ref<HTMLElement | null>>,
) {
  const entries = shallowRef<Entry[]>()
  const rooms = ref<Room[]>([])
  const failure = ref<ApiError>()
  /** Which form is open: an entry's id, or `new`. */
  const open = ref<string>()
  const keys = shallowRef<Keys>()
  const busy = ref(false)
  /** What was done last, and what went wrong; each with the entry it was for. */
  const done = ref<{ id: string; text: string; link?: string }>()
  const refused = ref<{ id: string; error: ApiError }>()
  /** Says that an entry is gone, which has no place of its own any more. */
  const gone = ref('')

  async function load(): Promise<void> {
    failure.value = undefined
    try {
      const found = await Promise.all([get<Entry[]>(path), get<Room[]>('/api/chat/rooms')])
      ;[entries.value, rooms.value] = found
    } catch (error) {
      failure.value = toShow(error)
    }
  }

  function forget(): void {
    open.value = keys.value = done.value = refused.value = undefined
    gone.value = ''
  }

  /** Does one thing with an entry at a time. */
  async function attempt({ id }: Entry, act: () => Promise<void>): Promise<void> {
    if (busy.value) return
    forget()
    busy.value = true
    try {
      await act()
    } catch (error) {
      const shown = toShow(error)
      if (shown) refused.value = { id, error: shown }
    } finally {
      busy.value = false
    }
  }

  const focusOn = (id: string): Promise<void> => focusIn(section.value, `[data-entry='${id}'] button`)

  async function show(id: string): Promise<void> {
    forget()
    open.value = id
    await focusIn(section.value, 'form input')
  }

  async function close(id: string): Promise<void> {
    open.value = undefined
    await (id === 'new' ? focusIn(section.value, '.add') : focusOn(id))
  }

  function added(entry: Entry, given: Keys): void {
    entries.value = [...(entries.value ?? []), entry]
    open.value = undefined
    keys.value = given
  }

  function changed(entry: Entry): void {
    entries.value = entries.value?.map((known) => (known.id === entry.id ? entry : known))
  }

  /** Removes an entry, of which `text` says that it is gone. */
  const remove = (entry: Entry, text: string): Promise<void> =>
    attempt(entry, async () => {
      await deleteIfThere(`${path}/${entry.id}`)
      entries.value = entries.value?.filter(({ id }) => id !== entry.id)
      gone.value = text
      await focusIn(section.value, 'h2')
    })

  async function putAway(id: string): Promise<void> {
    keys.value = undefined
    await focusOn(id)
  }

  void load()
  return {
    ...{ entries, rooms, failure, open, keys, busy, done, refused, gone },
    ...{ load, attempt, show, close, added, changed, remove, putAway },
  }
}
