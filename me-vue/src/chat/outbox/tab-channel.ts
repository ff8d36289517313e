import type { Done } from './outbox-entry.ts'

/** Messages between tabs. `changed`: read the storage again; `held`: what holds up the tab that sends. */
export type News =
  { is: 'changed' } | ({ is: 'done' } & Done) | { is: 'held'; held: ReadonlyMap<string, number> }

export type TabChannel = { tell: (news: News) => void; hear: (listener: (news: News) => void) => void }

export function createTabChannel(name = 'me.chat.outbox'): TabChannel {
  const channel = openChannel(name)
  // Without it a tab learns what another one wrote when it next reads the storage.
  if (!channel) return { tell: () => {}, hear: () => {} }
  return {
    tell: (news) => channel.postMessage(news),
    hear: (listener) => channel.addEventListener('message', ({ data }) => listener(data as News)),
  }
}

/** A browser that forbids a site all storage may forbid channels too. */
function openChannel(name: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(name)
  } catch {
    return undefined
  }
}
