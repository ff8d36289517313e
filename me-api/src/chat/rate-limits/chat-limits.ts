import type { Clock } from '../../clock.ts'
import type { Config, Limit } from '../../config.ts'
import { createDuplicateFloods } from './duplicate-flood.ts'
import { NEWCOMERS_PACE } from './new-identities.ts'
import { createAddressLimiter, createLimiter } from './rate-limiter.ts'
import { createReadersBudget } from './readers-budget.ts'

/** Challenges that one address gets: far more than it can solve. */
const CHALLENGES: Limit = { count: 60, seconds: 60 }

type Settings = Pick<Config, 'LIMIT_MESSAGES' | 'LIMIT_ADDRESS_MESSAGES' | 'LIMIT_JOINS'>

/** The limits of what people do in the chat, from the settings (docs/contract.md §2). A limit that is off is null or counts nothing. */
export function createChatLimits(settings: Settings, clock: Clock) {
  const { LIMIT_MESSAGES, LIMIT_ADDRESS_MESSAGES, LIMIT_JOINS } = settings
  const ofWrites = (limit = LIMIT_MESSAGES, name = 'LIMIT_MESSAGES') =>
    createLimiter(limit, 'You write faster than the room can read.', { name })

  return {
    sends: ofWrites(),
    /** Beside the limit that all have. */
    newcomersSends: ofWrites(NEWCOMERS_PACE, 'newcomers'),
    /** Edits, deletions and reactions. */
    changes: ofWrites(),
    nicks: ofWrites(),
    /** All writes from one address, as one person can make many identities. */
    address: createAddressLimiter(
      LIMIT_ADDRESS_MESSAGES,
      'Much is being written from your address. Wait a little.',
      'LIMIT_ADDRESS_MESSAGES',
    ),
    joins: createAddressLimiter(LIMIT_JOINS, 'Too many new nicks from your address.', 'LIMIT_JOINS'),
    challenges: createAddressLimiter(
      LIMIT_JOINS && CHALLENGES,
      'Too many challenges for your address.',
      'challenges',
    ),
    /** Bytes that a write sends to each reader beyond what its writer sent. */
    readersBudget: createReadersBudget({
      clock,
      byAuthor: LIMIT_MESSAGES !== null,
      byAddress: LIMIT_ADDRESS_MESSAGES !== null,
    }),
    /** What many say at once; null where messages are not limited. */
    duplicateFloods: LIMIT_MESSAGES && createDuplicateFloods({ clock }),
  }
}

export type ChatLimits = ReturnType<typeof createChatLimits>
