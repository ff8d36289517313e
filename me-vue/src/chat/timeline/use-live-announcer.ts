import type { Message } from 'me-api/contract'
import { isolated } from 'me-api/contract/direction'
import { ref, watch, type Ref } from 'vue'
import { useI18n } from '../../i18n.ts'
import { authorName } from '../client/author-name.ts'
import { newestSeq, newestState, type MessageLog } from '../client/message-log.ts'
import { toPlainText } from '../formatting/plain-text.ts'

/** Milliseconds in which arriving messages are gathered, so that a burst is announced once. */
const GATHER = 1_000
/** More than this many at once are only counted. */
const READ_OUT = 3

/** What a screen reader announces about new messages, except for one's own and those of ignored people. */
export function useLiveAnnouncer(
  log: () => MessageLog,
  passedOver: (authorId: string) => boolean,
): Ref<string> {
  const { t } = useI18n()
  const words = ref('')
  let gathered: Message[] = []
  /** What `words` says. */
  let said: readonly Message[] = []

  watch(log, (now, before) => {
    // Words and names that are no longer there are not read out either.
    if (said.some((message) => isOther(newestState(now, message), message))) words.value = ''
    if (before.cursor === null || now.cursor === before.cursor) return
    const known = newestSeq(before)
    const arrived = now.messages.slice(now.messages.findLastIndex(({ seq }) => seq <= known) + 1)
    gather(arrived.filter(({ author, deletedAt }) => !passedOver(author.id) && !deletedAt))
  })

  function gather(messages: readonly Message[]): void {
    if (messages.length === 0) return
    if (gathered.length === 0) setTimeout(() => void announce(), GATHER)
    gathered.push(...messages)
  }

  async function announce(): Promise<void> {
    const arrived = gathered.map((message) => newestState(log(), message)).filter(({ text }) => text)
    said = arrived
    gathered = []
    words.value =
      arrived.length > READ_OUT
        ? t('chat.log.arrived', arrived.length)
        : (await Promise.all(arrived.map(readOut))).join('\n')
  }

  return words
}

const isOther = (now: Message, then: Message) =>
  now.text !== then.text || now.author.nick !== then.author.nick

const readOut = async ({ author, text }: Message) =>
  `${isolated(authorName(author.nick))}: ${await toPlainText(text)}`
