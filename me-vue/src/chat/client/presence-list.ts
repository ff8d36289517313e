import type { Person, PresenceChange } from 'me-api/contract'

/** Who is here after a change; a known id that joins has a new nick. */
export function applyPresence(people: readonly Person[], change: PresenceChange): Person[] {
  const gone = new Set([...change.left, ...change.joined.map((person) => person.id)])
  return people.filter((person) => !gone.has(person.id)).concat(change.joined)
}

/** The owner first, then by nick. */
export function inOrder(people: readonly Person[], language: string): Person[] {
  const rank = (person: Person) => (person.role === 'owner' ? 0 : 1)
  const { compare } = new Intl.Collator(language)
  return people.toSorted((a, b) => rank(a) - rank(b) || compare(a.nick ?? '', b.nick ?? ''))
}
