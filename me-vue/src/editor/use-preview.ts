import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { request } from '../api/http.ts'

/** Milliseconds without a keystroke before the server is asked to render. */
const pause = 350

/** The text as the server would show it, while `shown`. `failed`: what is shown is an older text. */
export function usePreview(text: Readonly<Ref<string>>, shown: Readonly<Ref<boolean>>) {
  const html = ref('')
  const failed = ref(false)
  let underway = new AbortController()

  async function render(): Promise<void> {
    if (!shown.value) return
    underway.abort()
    const { signal } = (underway = new AbortController())
    try {
      const rendered = await request<{ html: string }>('POST', '/api/markdown', {
        body: { text: text.value },
        signal,
      })
      html.value = rendered.html
      failed.value = false
    } catch {
      if (!signal.aborted) failed.value = true
    }
  }

  // VueUse's watchDebounced would be loaded with the chat too, which has its other functions.
  let waiting: ReturnType<typeof setTimeout> | undefined
  watch(text, () => {
    clearTimeout(waiting)
    waiting = setTimeout(render, pause)
  })
  onScopeDispose(() => clearTimeout(waiting))

  return { html, failed, render }
}
