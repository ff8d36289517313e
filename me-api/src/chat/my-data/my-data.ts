import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Author, Message, Person } from '../../contract/index.ts'
import type { ErasureQueue } from '../moderation/erasure-queue.ts'
import type { Limiter } from '../rate-limits/rate-limiter.ts'
import { createSerialQueue } from '../serial-queue.ts'
import type { MyDataStore } from './my-data.store.ts'

type Parts = { store: MyDataStore; erasures: ErasureQueue; limit: Limiter }

/**
 * The right of every person to download and to erase their own messages. It also holds for a muted or banned person
 * and in a locked room.
 */
export function createMyData({ store, erasures, limit }: Parts) {
  const inTurn = createSerialQueue()

  /**
   * Yields `{"data": {self, messages}}` in pieces, because a person may have written more than memory should hold at
   * once. The server reads one piece at a time for all downloads together, and other work runs in between.
   */
  async function* piecesOf(self: Person): AsyncGenerator<string> {
    yield `{"data":{"self":${JSON.stringify(self)},"messages":[`
    let separator = '\n'
    const pages = store.writtenBy(self.id)
    for (;;) {
      const { value: messages } = await inTurn(() => nextTurn().then(() => pages.next()))
      if (!messages) break
      yield separator + messages.map((message: Message) => JSON.stringify(message)).join(',\n')
      separator = ',\n'
    }
    yield '\n]}}\n'
  }

  return {
    /** Starts a download. @throws {Refusal} RATE_LIMITED */
    async download(self: Person): Promise<AsyncGenerator<string>> {
      limit(self.id)
      return piecesOf(self)
    },

    /** Erases a person's messages and reactions in all rooms. @throws {Refusal} RATE_LIMITED, UNAVAILABLE */
    async erase(self: Person): Promise<void> {
      const waiting = erasures.waitingFor(self.id)
      if (waiting) return waiting
      limit(self.id)
      // A person who has lost their nick to somebody else may still erase their messages.
      const by: Author = { ...self, nick: self.nick ?? '' }
      await erasures.add(by, self.id)
    },
  }
}

export type Words = ReturnType<typeof createMyData>
