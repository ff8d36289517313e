import { inChunks } from '../../in-chunks.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import type { PersonsStore } from './persons.store.ts'

/** The most tabs of signed-in users in memory; beyond them the earliest is dropped. */
const TABS_MAX = 10_000
/** Tabs in one message to the other nodes. */
const TOLD_AT_ONCE = 1_000

/**
 * Tracks which identities belong to one person. An identity created with the token, with the cookie or in the tab of
 * another identity belongs to the same person. A mute or ban of one of them applies to all.
 */
export function createPersons({ store, interchange }: { store: PersonsStore; interchange: Interchange }) {
  /** The user last signed in in each tab, by the tab's hash; the database has the visitors' tabs. */
  const users = new Map<string, string>()

  function noteTab(userId: string, tab: string): void {
    users.delete(tab)
    users.set(tab, userId)
    const [earliest] = users.keys()
    if (users.size > TABS_MAX && earliest !== undefined) users.delete(earliest)
  }
  interchange.on('userTab', ({ userId, tab }) => noteTab(userId, tab))
  interchange.onMeeting(() => {
    for (const some of inChunks([...users], TOLD_AT_ONCE))
      interchange.send(
        'userTabs',
        some.map(([tab, userId]) => [userId, tab]),
      )
  })
  // Another node may have missed what this one knows, and the other way round: what is known here is kept.
  interchange.on('userTabs', (known) => {
    for (const [userId, tab] of known) if (!users.has(tab) && users.size < TABS_MAX) noteTab(userId, tab)
  })

  return {
    /** Notes that a user is signed in in this tab. */
    noteTab(userId: string, tab: string): void {
      noteTab(userId, tab)
      interchange.send('userTab', { userId, tab })
    },

    /**
     * Returns the identity that a newcomer already has: the one proven by a token or cookie, else the one of their
     * tab.
     */
    async existingIdentityOf(proven: string | null, tab: string | null): Promise<string | null> {
      return proven ?? (tab ? (users.get(tab) ?? (await store.visitorInTab(tab))) : null)
    },

    /** Returns the person of an identity; null for the owner, and if there is no such identity. */
    personOf: async (id: string | null): Promise<string | null> => (id === null ? null : store.personOf(id)),

    /** Returns all identities of this identity's person, starting with itself. */
    async identitiesOf<One extends { id: string; nick: string }>(one: One) {
      const person = await store.personOf(one.id)
      const others = person === null ? [] : await store.identitiesOf(person)
      return [one, ...others.filter(({ id }) => id !== one.id)]
    },
  }
}

export type Persons = ReturnType<typeof createPersons>
