import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { isServer } from '../platform/is-server.ts'
import { browserStorage } from '../platform/browser-storage.ts'

const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'me.theme'
/** `--paper`, for the browser's own bar, which reads no variables. */
const paper = { light: '#fdfaf4', dark: '#0f131d' }

/** index.html sets a remembered theme before the first paint; from then on this does. */
export const useTheme = defineStore('theme', () => {
  const theme = ref<Theme>(themes.find((name) => name === browserStorage.getItem(key)) ?? 'system')
  if (!isServer) watch(theme, show, { immediate: true })
  return { theme }
})

function show(theme: Theme): void {
  const { dataset } = document.documentElement
  if (theme === 'system') {
    browserStorage.removeItem(key)
    delete dataset.theme
  } else {
    browserStorage.setItem(key, theme)
    dataset.theme = theme
  }
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const system = meta.media.includes('dark') ? 'dark' : 'light'
    meta.content = paper[theme === 'system' ? system : theme]
  }
}
