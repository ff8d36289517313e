import type { Clock } from '../../clock.ts'
import type { Limit } from '../../config.ts'
import type { Database } from '../../db/tables.ts'
import type { AddressOf } from '../../http/client-address.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import type { Tallies } from '../../nodes/tallies.ts'
import type { MessageRules } from '../messages/messages.ts'
import { createAddressLimiter } from '../rate-limits/rate-limiter.ts'
import type { Signals } from '../signals.ts'
import { conversationRoutes } from './conversations.routes.ts'
import { createConversationsStore } from './conversations.store.ts'
import { createConversations } from './conversations.ts'
import { createConversationsLook } from './look-at-conversations.ts'

/** Conversations that may be begun from one address. */
const NEW: Limit = { count: 10, seconds: 3_600 }

type Parts = {
  db: Database
  clock: Clock
  rules: Pick<MessageRules, 'mayWrite'>
  signals: Signals
  tallies: Tallies
  interchange: Interchange
  addressOf: AddressOf
}

/** Assembles the private conversations with the owner. */
export function startConversations({ db, clock, rules, signals, tallies, interchange, addressOf }: Parts) {
  const store = createConversationsStore(db)
  const limit = createAddressLimiter(
    NEW,
    'Many private conversations were begun from your address.',
    'conversations',
    tallies.of('conversations'),
  )
  const conversations = createConversations({ store, rules, limit, signals, clock })
  return {
    conversations,
    look: createConversationsLook({ store, signals, interchange, clock }),
    routes: conversationRoutes({ conversations, addressOf }),
  }
}
