import { useEventListener } from '@vueuse/core'
import { type Ref, ref } from 'vue'

/** Whether the window matches a media query; VueUse's own also works without a window, which costs every visitor 0.4 kB. */
export function useMediaQuery(query: string): Readonly<Ref<boolean>> {
  const media = matchMedia(query)
  const matches = ref(media.matches)
  useEventListener(media, 'change', () => (matches.value = media.matches))
  return matches
}
