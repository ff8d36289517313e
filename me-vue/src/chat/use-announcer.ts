import type { Message } from 'me-api/contract'
import { ref, watch, type Ref } from 'vue'
import { useI18n } from 'petite-vue-i18n'
import { newestSeq, type MessageLog } from './message-log.ts'
import { plainWords } from './plain-words.ts'

/** Milliseconds in which arriving messages are gathered, so that a burst is said in one go. */
const GATHER = 1_000
/** More than this many at once are only counted. */
const READ_OUT = 3

/** What a screen reader is to say about messages that have just arrived, but for one's own and those of the hidden. */
export function useAnnouncer(log: () => MessageLog, passedOver: (authorId: string) => boolean): Ref<string> {
  const { t } = useI18n()
  const words = ref('')
  let gathered: string[] = []

  watch(log, (now, before) => {
    if (before.cursor === null || now.cursor === before.cursor) return
    const known = newestSeq(before)
    const arrived = now.messages.slice(now.messages.findLastIndex(({ seq }) => seq <= known) + 1)
    gather(arrived.filter(({ author, deletedAt }) => !passedOver(author.id) && !deletedAt))
  })

  function gather(messages: readonly Message[]): void {
    if (messages.length === 0) return
    if (gathered.length === 0) setTimeout(say, GATHER)
    gathered.push(...messages.map(({ author, text }) => `${author.nick}: ${plainWords(text)}`))
  }

  function say(): void {
    words.value = gathered.length > READ_OUT ? t('chat.log.arrived', gathered.length) : gathered.join('\n')
    gathered = []
  }

  return words
}
