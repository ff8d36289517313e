import { computed, ref, watch, type Ref } from 'vue'

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value))
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/**
 * What is being written, beside what is saved. Unsaved words live in sessionStorage, so that a failed save,
 * a reload or an ended session loses none of them; `restored` says that some were found there.
 */
export function useDraft<T extends object>(key: string, start: T) {
  const found = recallDraft<T>(key)
  const saved = ref(copy(start)) as Ref<T>
  const draft = ref(found ?? copy(start)) as Ref<T>
  const dirty = computed(() => !same(draft.value, saved.value))
  const restored = ref(found !== undefined && dirty.value)

  watch(draft, keep, { deep: true })

  function keep(): void {
    try {
      if (dirty.value) sessionStorage.setItem(key, JSON.stringify(draft.value))
      else sessionStorage.removeItem(key)
    } catch {
      // Storage is full or forbidden: the text is still on the page.
    }
  }

  /** `send` answers what the server holds now; what was written meanwhile stays unsaved. */
  async function save(send: (draft: T) => Promise<T>): Promise<void> {
    const sent = copy(draft.value)
    saved.value = await send(sent)
    if (same(draft.value, sent)) draft.value = copy(saved.value)
    restored.value = false
    keep()
  }

  function discard(): void {
    draft.value = copy(saved.value)
    restored.value = false
    sessionStorage.removeItem(key)
  }

  return { draft, dirty, restored, save, discard }
}

function recallDraft<T>(key: string): T | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? '') as T
  } catch {
    return undefined
  }
}
