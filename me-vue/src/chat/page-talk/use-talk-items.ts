import type { Message } from 'me-api/contract'
import { computed } from 'vue'
import { type Topic, keyOf } from '../../about/talk.ts'
import type { useChat } from '../chat.store.ts'
import type { Outgoing } from '../outbox/outbox-entry.ts'
import { useIgnored } from '../preferences/ignored.store.ts'
import { type TimelineItem, timelineItems } from '../timeline/timeline-items.ts'

/** What is said about one passage, with what is on its way. */
export type TalkGroup = Topic & { isLost: boolean; items: TimelineItem[] }

type Parts = {
  chat: ReturnType<typeof useChat>
  path: string
  sections: () => readonly (Topic & { isLost: boolean })[]
  known: () => ReadonlyMap<string, Message>
}

/** The messages about a page as the chat would show them: with this browser's changes, and what is not sent yet. */
export function useTalkItems({ chat, path, sections, known }: Parts) {
  const ignored = useIgnored()

  /** The section that a message on its way belongs to: of several pages, only what is about this one. */
  function keyFor({ replyTo, about }: Outgoing): string | undefined {
    if (replyTo !== undefined && known().has(replyTo))
      return sections().find(({ messages }) => messages.some(({ id }) => id === replyTo))?.key
    return about?.path === path ? keyOf(about.quote) : undefined
  }

  const groups = computed<TalkGroup[]>(() =>
    sections().map((section) => ({
      ...section,
      items: timelineItems(
        section.messages,
        chat.outbox.filter((entry) => keyFor(entry) === section.key && !known().has(entry.id)),
        chat.self ?? null,
        chat.pending,
        ignored.people,
        // The section says what they are about.
      ).map((item) => ({ ...item, about: undefined })),
    })),
  )

  return { groups, items: computed(() => groups.value.flatMap(({ items }) => items)) }
}
