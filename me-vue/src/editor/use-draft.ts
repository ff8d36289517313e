import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { ApiError } from '../api/http.ts'
import { tabStorage } from '../platform/browser-storage.ts'

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value))
const same = (a: Versioned, b: Versioned) =>
  JSON.stringify({ ...a, version: 0 }) === JSON.stringify({ ...b, version: 0 })

type Versioned = { version?: number | undefined }

/**
 * The draft of a page beside its saved state. Unsaved text is kept in sessionStorage, so that a failed save,
 * a reload or an ended session loses none of them; `restored` says that some were found there. A draft's `version` is
 * that of the page it began with, so that the server refuses it where the page was changed since.
 */
export function useDraft<T extends Versioned>(key: string, start: T) {
  const found = recallDraft<T>(key)
  const saved = ref(copy(start)) as Ref<T>
  const draft = ref(found ?? copy(start)) as Ref<T>
  const dirty = computed(() => !same(draft.value, saved.value))
  const restored = ref(found !== undefined && dirty.value)
  /** What somebody else has saved since, after a save was refused for it. */
  const other = shallowRef<T>()

  watch(draft, keep, { deep: true })

  function keep(): void {
    if (dirty.value) tabStorage.setItem(key, JSON.stringify(draft.value))
    else tabStorage.removeItem(key)
  }

  /** `send` answers what the server holds now; what was written meanwhile stays unsaved. `read` gets what is stored. */
  async function save(send: (draft: T) => Promise<T>, read?: () => Promise<T>): Promise<void> {
    const sent = copy(draft.value)
    try {
      saved.value = await send(sent)
    } catch (error) {
      if (read && isStale(error)) other.value = await read()
      throw error
    }
    if (same(draft.value, sent)) draft.value = copy(saved.value)
    else draft.value.version = saved.value.version
    other.value = undefined
    restored.value = false
    keep()
  }

  function discard(): void {
    draft.value = copy(saved.value)
    restored.value = false
    tabStorage.removeItem(key)
  }

  /** The next save replaces what somebody else has saved. */
  function keepMine(): void {
    if (!other.value) return
    saved.value = other.value
    draft.value.version = other.value.version
    other.value = undefined
  }

  /** Goes on from what somebody else has saved. */
  function takeOther(): void {
    if (!other.value) return
    saved.value = other.value
    other.value = undefined
    discard()
  }

  return { draft, dirty, restored, other, save, discard, keepMine, takeOther }
}

/** A conflict about the whole page, not about one field. */
const isStale = (error: unknown) =>
  error instanceof ApiError && error.code === 'CONFLICT' && Object.keys(error.fields).length === 0

function recallDraft<T>(key: string): T | undefined {
  try {
    return JSON.parse(tabStorage.getItem(key) ?? '') as T
  } catch {
    return undefined
  }
}
