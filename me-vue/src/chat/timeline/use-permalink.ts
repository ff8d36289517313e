import { nextTick, shallowRef, watch, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { useChat } from '../chat.store.ts'
import { indexOfSeq } from '../client/message-log.ts'

type Parts = {
  chat: ReturnType<typeof useChat>
  list: Readonly<Ref<{ show: (id: string) => Promise<boolean> } | null>>
  /** Called after a loaded message has got the focus. */
  onShown: () => void
}

/** Where in a room the address leads: to a loaded message, to an older one, or to the newest. */
export function usePermalink({ chat, list, onShown }: Parts) {
  const route = useRoute()
  const router = useRouter()
  /** The seq of a message that lies further back than what is held. */
  const past = shallowRef<number>()

  watch(
    // A new list each time: an address that is followed again leads to its message again.
    () => [chat.room, route.params.seq, route.query.answer] as const,
    async ([room, wanted, answer], before) => {
      // Only the answer that was begun has left the address.
      if (before?.[2] && !answer && before[0] === room && before[1] === wanted) return
      const seq = Number(wanted)
      const held = chat.log.messages[indexOfSeq(chat.log.messages, seq)]
      past.value = wanted && !held ? seq : undefined
      await nextTick()
      if (!held) return
      await list.value?.show(held.id)
      onShown()
    },
    { immediate: true },
  )

  const toNewest = () => router.push({ name: 'room', params: { room: chat.room } })

  return { past, toNewest }
}
