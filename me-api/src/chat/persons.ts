import type { PersonsStore } from './persons.store.ts'

/** Tabs of signed-in people remembered at once; beyond them the earliest is forgotten. */
const TABS_MAX = 10_000

/**
 * Which identities are one person's, as far as they have shown it themselves: whoever makes an identity with the token,
 * the cookie or in the tab of another one is who has that one. What one of them is under, all are.
 */
export function createPersons(store: PersonsStore) {
  /** Who was last signed in in a tab, by the tab's hash; a visitor's is in the database. */
  const users = new Map<string, string>()

  return {
    /** Somebody signed in is in a tab. */
    noteTab(userId: string, tab: string): void {
      users.delete(tab)
      users.set(tab, userId)
      const [earliest] = users.keys()
      if (users.size > TABS_MAX && earliest !== undefined) users.delete(earliest)
    },

    /** The identity that whoever makes another one has already, by what they prove, else by their tab. */
    async makerOf(proven: string | null, tab: string | null): Promise<string | null> {
      return proven ?? (tab ? (users.get(tab) ?? (await store.visitorInTab(tab))) : null)
    },

    /** The person who has an identity; null for the owner, and where nobody has it. */
    personOf: async (id: string | null): Promise<string | null> => (id === null ? null : store.personOf(id)),

    /** All identities of whoever has this one, which is among them. */
    async identitiesOf<One extends { id: string; nick: string }>(one: One) {
      const person = await store.personOf(one.id)
      const others = person === null ? [] : await store.identitiesOf(person)
      return [one, ...others.filter(({ id }) => id !== one.id)]
    },
  }
}

export type Persons = ReturnType<typeof createPersons>
