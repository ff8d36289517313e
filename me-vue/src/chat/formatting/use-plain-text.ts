import { onServerPrefetch, ref, watch, type Ref } from 'vue'
import { toPlainText } from './plain-text.ts'

/** A text without Markdown; as it was written until the parser is loaded. */
export function usePlainText(text: () => string | undefined): Readonly<Ref<string>> {
  const words = ref('')
  watch(
    text,
    async (now = '') => {
      words.value = now
      const said = await toPlainText(now)
      if (text() === now) words.value = said
    },
    { immediate: true },
  )
  onServerPrefetch(async () => void (words.value = await toPlainText(text() ?? '')))
  return words
}
