import type { isMentioned } from 'me-api/contract/message-markdown'
import { computed, shallowRef, watchEffect, type ComputedRef } from 'vue'

/** What reads mentions reads Markdown, so it is fetched for the first text that may hold one; undefined without a network. */
const fetchReader = () => import('me-api/contract/message-markdown').catch(() => undefined)
const mayMention = (text: string) => /[@＠﹫]/.test(text)

/** Whether a message mentions somebody, see `isMentioned`. */
export async function findMention(...[text, nick, others]: Parameters<typeof isMentioned>): Promise<boolean> {
  return mayMention(text) && ((await fetchReader())?.isMentioned(text, nick, others) ?? false)
}

/** The same for a message that is shown: false until it is known. */
export function useMention(
  text: () => string,
  nick: () => string | null | undefined,
  others: () => Iterable<string>,
): ComputedRef<boolean> {
  const reader = shallowRef<typeof isMentioned>()
  watchEffect(async () => {
    if (mayMention(text()) && !reader.value) reader.value = (await fetchReader())?.isMentioned
  })
  return computed(() => {
    const [said, name] = [text(), nick()]
    return Boolean(name && mayMention(said) && reader.value?.(said, name, others()))
  })
}
