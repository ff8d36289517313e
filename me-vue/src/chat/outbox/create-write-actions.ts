import { createIdbStorage } from './outbox.idb.ts'
import { createLeaderLock } from './leader-lock.ts'
import { createTabChannel } from './tab-channel.ts'
import { createWriteActions, type Link } from './write-actions.ts'

/** The writer's half with this browser's parts. */
export const createWriteActionsHere = (link: Link) =>
  createWriteActions({
    ...link,
    storage: createIdbStorage(),
    tabs: createTabChannel(),
    sender: createLeaderLock(navigator.locks),
  })
