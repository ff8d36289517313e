import { createIdbStorage } from './outbox.idb.ts'
import { createLeaderLock } from './leader-lock.ts'
import { createTabChannel } from './tab-channel.ts'
import { createWriteActions, type ChatAccess } from './write-actions.ts'

/** The write actions with this browser's parts. */
export const createWriteActionsHere = (access: ChatAccess) =>
  createWriteActions({
    ...access,
    storage: createIdbStorage(),
    tabs: createTabChannel(),
    leaderLock: createLeaderLock(navigator.locks),
  })
