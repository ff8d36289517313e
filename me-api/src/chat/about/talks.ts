import type { Change, Message } from '../../contract/index.ts'
import type { Bus } from '../log/bus.ts'
import type { AboutStore } from './about.store.ts'

/** Is told the messages about a page that are new or changed, all of one room; `end` where that is no longer possible. */
type Listener = { tell: (room: string, messages: Message[]) => void; end: () => void }

/** A page that somebody reads: the ids of the messages about it, or the Changes that wait until they are loaded. */
type Talk = { ids: Set<string>; waiting: Change[] | null; listeners: Set<Listener> }

type Parts = {
  store: Pick<AboutStore, 'ids'>
  bus: Pick<Bus, 'subscribe'>
  onFault: (error: unknown) => void
}

/** Follows what is said about the pages that are read now; for the others it remembers nothing. */
export function createTalks({ store, bus, onFault }: Parts) {
  const talks = new Map<string, Talk>()

  bus.subscribe((change) => {
    for (const [path, talk] of talks)
      if (talk.waiting) talk.waiting.push(change)
      else pass(path, talk, change)
  })

  function pass(path: string, { ids, listeners }: Talk, { room, messages }: Change): void {
    // A deleted message no longer says what it was about, and an answer never does. Those answered come first.
    const ofPage = messages.filter(({ id, replyTo, about }) => {
      const isOfPage = about?.path === path || ids.has(id) || (replyTo !== undefined && ids.has(replyTo))
      if (isOfPage) ids.add(id)
      return isOfPage
    })
    if (ofPage.length > 0) for (const { tell } of listeners) tell(room, ofPage)
  }

  async function load(path: string, talk: Talk): Promise<void> {
    const ids = await store.ids(path)
    const { waiting } = talk
    talk.ids = new Set(ids)
    talk.waiting = null
    for (const change of waiting ?? []) pass(path, talk, change)
  }

  /** Subscribes a listener to a page's messages; the returned function unsubscribes it. */
  return function follow(path: string, listener: Listener): () => void {
    const talk = talks.get(path) ?? { ids: new Set(), waiting: [], listeners: new Set() }
    if (!talks.has(path)) {
      talks.set(path, talk)
      load(path, talk).catch((error: unknown) => {
        talks.delete(path)
        for (const { end } of talk.listeners) end()
        onFault(error)
      })
    }
    talk.listeners.add(listener)
    return () => {
      talk.listeners.delete(listener)
      if (talk.listeners.size === 0 && talks.get(path) === talk) talks.delete(path)
    }
  }
}

export type FollowTalk = ReturnType<typeof createTalks>
