import type { Outgoing, OutboxStorage } from './outbox.ts'

const KEY = 'me.chat.outbox'

/** Survives a reload, not the tab. */
export function sessionOutbox(session: Pick<Storage, 'getItem' | 'setItem'>): OutboxStorage {
  return {
    load: () => JSON.parse(session.getItem(KEY) ?? '[]') as Outgoing[],
    save: (items) => session.setItem(KEY, JSON.stringify(items)),
  }
}
