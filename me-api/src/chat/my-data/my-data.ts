import { setImmediate as breathe } from 'node:timers/promises'
import type { Author, Message, Person } from '../../contract/index.ts'
import type { ErasureQueue } from '../moderation/erasure-queue.ts'
import type { Limiter } from '../rate-limits/rate-limiter.ts'
import { createSerialQueue } from '../serial-queue.ts'
import type { MyDataStore } from './my-data.store.ts'

type Parts = { store: MyDataStore; erasures: ErasureQueue; limit: Limiter }

/**
 * Everybody's right over their own words: to have them, and to take them away. It is nobody's to refuse, not even where
 * they are muted or banned, or where a room is closed.
 */
export function createMyData({ store, erasures, limit }: Parts) {
  const inTurn = createSerialQueue()

  /**
   * `{"data": {self, messages}}`, piece by piece: somebody may have written more than should be in memory at once. One
   * piece is read at a time, whoever it is for and however slow they are to take it, and others find their place between.
   */
  async function* piecesOf(self: Person): AsyncGenerator<string> {
    yield `{"data":{"self":${JSON.stringify(self)},"messages":[`
    let separator = '\n'
    const pages = store.writtenBy(self.id)
    for (;;) {
      const { value: messages } = await inTurn(() => breathe().then(() => pages.next()))
      if (!messages) break
      yield separator + messages.map((message: Message) => JSON.stringify(message)).join(',\n')
      separator = ',\n'
    }
    yield '\n]}}\n'
  }

  return {
    /** @throws {Refusal} RATE_LIMITED */
    async download(self: Person): Promise<AsyncGenerator<string>> {
      limit(self.id)
      return piecesOf(self)
    },

    /** Takes out of all rooms what somebody wrote, and their signs on what others did. @throws {Refusal} RATE_LIMITED, UNAVAILABLE */
    async erase(self: Person): Promise<void> {
      const waiting = erasures.waitingFor(self.id)
      if (waiting) return waiting
      limit(self.id)
      // Whose nick somebody else has now can take back their words all the same.
      const by: Author = { ...self, nick: self.nick ?? '' }
      await erasures.add(by, self.id)
    },
  }
}

export type Words = ReturnType<typeof createMyData>
