import { loadControlMessages } from '../control-messages.ts'
import { loadFormatter } from '../formatting/use-formatter.ts'
import type RoomsSidebar from '../rooms/RoomsSidebar.vue'
import type HistoryAround from '../timeline/HistoryAround.vue'

/** Parts that the chat fetches as it needs them, where a document has shown the same. */
export type ShownParts = { roomsSidebar?: typeof RoomsSidebar; historyAround?: typeof HistoryAround }

/** Milliseconds after which one would rather write than have everything in its place. */
const PATIENCE = 5_000

/**
 * Loads what shows the parts of a document: without it they would be gone for a moment, or stand there as they were
 * written. What cannot be fetched is not waited for, nor what takes too long.
 */
export async function loadShown(page: HTMLElement): Promise<ShownParts> {
  const has = (selector: string) => page.querySelector(selector) !== null
  const parts: ShownParts = {}
  const isBeside = matchMedia('(min-width: 56.25rem)').matches

  async function loadRooms(): Promise<void> {
    await loadControlMessages()
    if (isBeside) parts.roomsSidebar = (await import('../rooms/RoomsSidebar.vue')).default
    else await import('../rooms/RoomSwitcher.vue')
  }
  async function loadHistory(): Promise<void> {
    parts.historyAround = (await import('../timeline/HistoryAround.vue')).default
  }

  const all = Promise.allSettled([
    has('.formatted') && Promise.all([loadFormatter('markup'), loadFormatter('address')]),
    has('.rooms') && loadRooms(),
    has('.further') && loadHistory(),
  ])
  await Promise.race([all, new Promise((resolve) => setTimeout(resolve, PATIENCE))])
  return parts
}
