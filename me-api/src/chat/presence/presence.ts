import type { Clock } from '../../clock.ts'
import { PEOPLE_LISTED_MAX, type Person, type PresenceChange } from '../../contract/index.ts'

/** Milliseconds somebody may be away without having left (docs/contract.md §5). */
const GRACE = 10_000
/** Milliseconds between two frames at least. */
const FRAME_EVERY = 1_000

type Here = { person: Person; connections: number; stopLeaving: (() => void) | null }

/**
 * Who is here: people, not connections. Three tabs are one person, and a reconnect within the grace shows nothing.
 * `tell` gets what changed, at most once a second.
 */
export function createPresence({ clock, tell }: { clock: Clock; tell: (change: PresenceChange) => void }) {
  const here = new Map<string, Here>()
  /** What has been told: id → nick. */
  const told = new Map<string, string | null>()
  const touched = new Set<string>()
  let lastFrameAt = -Infinity
  let isFrameDue = false

  function touch(id: string): void {
    touched.add(id)
    if (isFrameDue) return
    isFrameDue = true
    clock.after(Math.max(0, lastFrameAt + FRAME_EVERY - clock.now()), sendFrame)
  }

  function sendFrame(): void {
    isFrameDue = false
    lastFrameAt = clock.now()
    const joined: Person[] = []
    const left: string[] = []
    for (const id of touched) {
      const person = here.get(id)?.person
      if (person && told.get(id) !== person.nick) joined.push(person)
      else if (!person && told.has(id)) left.push(id)
      if (person) told.set(id, person.nick)
      else told.delete(id)
    }
    touched.clear()
    if (joined.length > 0 || left.length > 0) tell({ joined, left, total: here.size })
  }

  return {
    opened(person: Person): void {
      const known = here.get(person.id)
      known?.stopLeaving?.()
      here.set(person.id, { person, connections: (known?.connections ?? 0) + 1, stopLeaving: null })
      touch(person.id)
    },

    closed(id: string): void {
      const known = here.get(id)
      if (!known || --known.connections > 0) return
      known.stopLeaving = clock.after(GRACE, () => {
        here.delete(id)
        touch(id)
      })
    },

    renamed(person: Person): void {
      const known = here.get(person.id)
      if (!known) return
      known.person = person
      touch(person.id)
    },

    /** The owner first, then the others in the order they came; the total counts also those not listed. */
    list(): { people: Person[]; total: number } {
      const everybody = [...here.values()].map(({ person }) => person)
      const people = [...everybody.filter(isOwner), ...everybody.filter((person) => !isOwner(person))]
      return { people: people.slice(0, PEOPLE_LISTED_MAX), total: here.size }
    },

    isOwnerHere: (): boolean => [...here.values()].some(({ person }) => isOwner(person)),
  }
}

export type PresenceList = ReturnType<typeof createPresence>

const isOwner = ({ role }: Person) => role === 'owner'
