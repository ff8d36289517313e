import type { Accounts } from '../../accounts/accounts.ts'
import type { Clock } from '../../clock.ts'
import type { Database } from '../../db/tables.ts'
import type { MessageRules } from '../messages/messages.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { Signals } from '../signals.ts'
import { botRoutes } from './bots.routes.ts'
import { createBotsStore } from './bots.store.ts'
import { createBots } from './bots.ts'

type Parts = { db: Database; accounts: Accounts; rooms: Rooms; signals: Signals; clock: Clock }

/** Assembles bots. Their routes need the rules of writing, which need to know who somebody is. */
export function startBots(parts: Parts) {
  const bots = createBots({ ...parts, store: createBotsStore(parts.db) })
  return { bots, routes: (rules: MessageRules) => botRoutes({ bots, rules }) }
}
