import { databaseShelf } from './outbox.idb.ts'
import { oneSender } from './leader-lock.ts'
import { otherTabs } from './tab-channel.ts'
import { createWriting, type Link } from './write-actions.ts'

/** The writer's half with this browser's parts. */
export const openWriting = (link: Link) =>
  createWriting({ ...link, shelf: databaseShelf(), tabs: otherTabs(), sender: oneSender(navigator.locks) })
