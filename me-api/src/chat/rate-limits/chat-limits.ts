import type { Clock } from '../../clock.ts'
import type { Config, Limit } from '../../config.ts'
import { createDuplicateFloods } from './duplicate-flood.ts'
import { NEWCOMERS_PACE } from './new-identities.ts'
import { createAddressLimiter, createLimiter } from './rate-limiter.ts'
import { createReadersBudget } from './readers-budget.ts'

/** Challenges per address: far more than a client can solve. */
const CHALLENGES: Limit = { count: 60, seconds: 60 }

type Settings = Pick<Config, 'LIMIT_MESSAGES' | 'LIMIT_ADDRESS_MESSAGES' | 'LIMIT_JOINS'>

/** The chat's limits, from the settings (docs/contract.md §2). A limit that is off is null or counts nothing. */
export function createChatLimits(settings: Settings, clock: Clock) {
  const { LIMIT_MESSAGES, LIMIT_ADDRESS_MESSAGES, LIMIT_JOINS } = settings
  const ofWrites = (limit = LIMIT_MESSAGES, name = 'LIMIT_MESSAGES') =>
    createLimiter(limit, 'You write faster than the room can read.', { name })

  return {
    sends: ofWrites(),
    /** Applies to newcomers in addition to `sends`. */
    newcomersSends: ofWrites(NEWCOMERS_PACE, 'newcomers'),
    /** Limits edits, deletions and reactions. */
    changes: ofWrites(),
    nicks: ofWrites(),
    /** Limits all writes from one address, because one person can create many identities. */
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
    /** Limits the bytes that each reader receives beyond those the writer sent. */
    readersBudget: createReadersBudget({
      clock,
      byAuthor: LIMIT_MESSAGES !== null,
      byAddress: LIMIT_ADDRESS_MESSAGES !== null,
    }),
    /** Limits equal messages by many people; null if messages are not limited. */
    duplicateFloods: LIMIT_MESSAGES && createDuplicateFloods({ clock }),
  }
}

export type ChatLimits = ReturnType<typeof createChatLimits>
