import type { Author, Message, Person } from '../contract/index.ts'
import type { Eraser } from './erase.ts'
import type { Limiter } from './limits.ts'
import type { WordsStore } from './words.store.ts'

type Parts = { store: WordsStore; erase: Eraser; limit: Limiter }

/**
 * Everybody's right over their own words: to have them, and to take them away. It is nobody's to refuse, not even where
 * they are muted or banned, or where a room is closed.
 */
export function createWords({ store, erase, limit }: Parts) {
  /** `{"data": {self, messages}}`, piece by piece: somebody may have written more than should be in memory at once. */
  async function* piecesOf(self: Person): AsyncGenerator<string> {
    yield `{"data":{"self":${JSON.stringify(self)},"messages":[`
    let separator = '\n'
    for await (const messages of store.writtenBy(self.id)) {
      yield separator + messages.map((message: Message) => JSON.stringify(message)).join(',\n')
      separator = ',\n'
    }
    yield '\n]}}\n'
  }

  return {
    /** @throws {Refusal} RATE_LIMITED */
    async download(self: Person): Promise<AsyncGenerator<string>> {
      await limit(self.id)
      return piecesOf(self)
    },

    /** Takes out of all rooms what somebody wrote, and their signs on what others did. @throws {Refusal} RATE_LIMITED */
    async erase(self: Person): Promise<void> {
      await limit(self.id)
      // Whose nick somebody else has now can take back their words all the same.
      const by: Author = { ...self, nick: self.nick ?? '' }
      await erase(by, self.id)
    },
  }
}

export type Words = ReturnType<typeof createWords>
