import { databaseShelf } from './shelf.ts'
import { oneSender } from './one-sender.ts'
import { otherTabs } from './other-tabs.ts'
import { createWriting, type Link } from './writing.ts'

/** The writer's half with this browser's parts. */
export const openWriting = (link: Link) =>
  createWriting({ ...link, shelf: databaseShelf(), tabs: otherTabs(), sender: oneSender(navigator.locks) })
