import { nextTick, onMounted, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { Composer } from './use-composer.ts'

type Parts = { composing: Composer; focusComposer: () => void }

/**
 * An address with `?answer=ID`, as notifications have, begins an answer to that message. The returned function is to be
 * called when the message of the address has got the focus, which then goes on to the composer.
 */
export function useAnswerLink({ composing, focusComposer }: Parts): () => void {
  const route = useRoute()
  const router = useRouter()
  let isAnswering = false

  async function begin(): Promise<void> {
    const { answer, ...query } = route.query
    if (typeof answer !== 'string' || !answer) return
    composing.reply(answer)
    isAnswering = true
    await router.replace({ params: route.params, query })
    await nextTick()
    focusComposer()
  }

  onMounted(begin)
  watch(() => route.query.answer, begin, { flush: 'post' })

  return () => {
    if (isAnswering) focusComposer()
    isAnswering = false
  }
}
