import { createHmac } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import type { Config, Limit } from '../../config.ts'
import type { Tallies } from '../../nodes/tallies.ts'
import { createDuplicateFloods } from './duplicate-flood.ts'
import { NEWCOMERS_PACE } from './new-identities.ts'
import { createAddressLimiter, createLimiter } from './rate-limiter.ts'
import { createReadersBudget } from './readers-budget.ts'

/** Challenges per address: far more than a client can solve. */
const CHALLENGES: Limit = { count: 60, seconds: 60 }

type Parts = {
  settings: Pick<Config, 'LIMIT_MESSAGES' | 'LIMIT_BOTS' | 'LIMIT_ADDRESS_MESSAGES' | 'LIMIT_JOINS'>
  clock: Clock
  tallies: Tallies
  /** What texts are compared by derives from it, so that no client can know it. */
  secret: string
}

/** The chat's limits, from the settings (docs/contract.md §2). A limit that is off is null or counts nothing. */
export function createChatLimits({ settings, clock, tallies, secret }: Parts) {
  const { LIMIT_MESSAGES, LIMIT_BOTS, LIMIT_ADDRESS_MESSAGES, LIMIT_JOINS } = settings
  const ofWrites = (tally: string, limit = LIMIT_MESSAGES, name = 'LIMIT_MESSAGES') =>
    createLimiter(limit, 'You write faster than the room can read.', { name, share: tallies.of(tally) })

  return {
    sends: ofWrites('sends'),
    /** Applies to newcomers in addition to `sends`. */
    newcomersSends: ofWrites('sends of newcomers', NEWCOMERS_PACE, 'newcomers'),
    /** Limits edits, deletions and reactions. */
    changes: ofWrites('changes'),
    nicks: ofWrites('nicks'),
    botsSends: ofWrites('sends of bots', LIMIT_BOTS, 'LIMIT_BOTS'),
    botsChanges: ofWrites('changes of bots', LIMIT_BOTS, 'LIMIT_BOTS'),
    /** Limits the requests of a bot's hook, before any of them is read. */
    hooks: ofWrites('requests of hooks', LIMIT_BOTS, 'LIMIT_BOTS'),
    /** Limits all writes from one address, because one person can create many identities. */
    address: createAddressLimiter(
      LIMIT_ADDRESS_MESSAGES,
      'Much is being written from your address. Wait a little.',
      'LIMIT_ADDRESS_MESSAGES',
      tallies.of('writes of an address'),
    ),
    joins: createAddressLimiter(
      LIMIT_JOINS,
      'Too many new nicks from your address.',
      'LIMIT_JOINS',
      tallies.of('joins'),
    ),
    challenges: createAddressLimiter(
      LIMIT_JOINS && CHALLENGES,
      'Too many challenges for your address.',
      'challenges',
      tallies.of('challenges'),
    ),
    /** Limits the bytes that each reader receives beyond those the writer sent. */
    readersBudget: createReadersBudget({
      clock,
      byAuthor: LIMIT_MESSAGES !== null,
      byAddress: LIMIT_ADDRESS_MESSAGES !== null,
      share: tallies.of('bytes to readers'),
    }),
    /** Limits equal messages by many people; null if messages are not limited. */
    duplicateFloods:
      LIMIT_MESSAGES &&
      createDuplicateFloods({
        clock,
        seed: createHmac('sha256', secret).update('duplicate floods').digest().readUInt32BE(),
        share: tallies.of('texts'),
      }),
  }
}

export type ChatLimits = ReturnType<typeof createChatLimits>
