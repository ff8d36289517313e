import type { PersonsStore } from './persons.store.ts'

/** Tabs of signed-in users remembered at once; beyond them the earliest is forgotten. */
const TABS_MAX = 10_000

/**
 * Knows which identities belong to one person: an identity that is made with the token, the cookie or in the tab of
 * another one belongs to the same person. A mute or ban of one of them holds for all.
 */
export function createPersons(store: PersonsStore) {
  /** The user last signed in in a tab, by the tab's hash; the database has the visitors' tabs. */
  const users = new Map<string, string>()

  return {
    /** Notes that a user is signed in in a tab. */
    noteTab(userId: string, tab: string): void {
      users.delete(tab)
      users.set(tab, userId)
      const [earliest] = users.keys()
      if (users.size > TABS_MAX && earliest !== undefined) users.delete(earliest)
    },

    /** The identity that a newcomer already has: the one they prove with a token or cookie, else the one of their tab. */
    async makerOf(proven: string | null, tab: string | null): Promise<string | null> {
      return proven ?? (tab ? (users.get(tab) ?? (await store.visitorInTab(tab))) : null)
    },

    /** The person of an identity; null for the owner, and where there is no such identity. */
    personOf: async (id: string | null): Promise<string | null> => (id === null ? null : store.personOf(id)),

    /** All identities of this one's person, itself first. */
    async identitiesOf<One extends { id: string; nick: string }>(one: One) {
      const person = await store.personOf(one.id)
      const others = person === null ? [] : await store.identitiesOf(person)
      return [one, ...others.filter(({ id }) => id !== one.id)]
    },
  }
}

export type Persons = ReturnType<typeof createPersons>
