import { shallowRef, watch, type Ref } from 'vue'
import { useI18n } from '../../i18n.ts'

/** From Unicode CLDR's annotations (Unicode License v3), for the emoji that are offered; English is in emoji.ts. */
const loaders: Record<string, () => Promise<{ default: Record<string, string> }>> = {
  sv: () => import('./emoji-words/sv.json'),
  nb: () => import('./emoji-words/nb.json'),
}

/** Each emoji's words in the reader's language, for findEmoji; none in English, nor before they are loaded. */
export function useEmojiWords(): Readonly<Ref<Readonly<Record<string, string>>>> {
  const { locale } = useI18n()
  const words = shallowRef<Record<string, string>>({})
  watch(
    locale,
    async (language) => {
      const loaded = await loaders[language]?.().catch(() => undefined)
      if (language === locale.value) words.value = loaded?.default ?? {}
    },
    { immediate: true },
  )
  return words
}
