import type { Done } from './outbox-entry.ts'

/** What tabs tell each other. `changed`: look at the storage; `held`: what holds the one up that sends. */
export type News =
  { is: 'changed' } | ({ is: 'done' } & Done) | { is: 'held'; held: ReadonlyMap<string, number> }

export type TabChannel = { tell: (news: News) => void; hear: (listener: (news: News) => void) => void }

export function createTabChannel(name = 'me.chat.outbox'): TabChannel {
  // Where there is none a tab learns what another one wrote when it looks at the storage next.
  if (!('BroadcastChannel' in globalThis)) return { tell: () => {}, hear: () => {} }
  const channel = new BroadcastChannel(name)
  return {
    tell: (news) => channel.postMessage(news),
    hear: (listener) => channel.addEventListener('message', ({ data }) => listener(data as News)),
  }
}
