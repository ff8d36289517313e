import type { Clock } from '../../clock.ts'
import { PEOPLE_LISTED_MAX, type Person, type PresenceChange } from '../../contract/index.ts'

/** Milliseconds a person may be disconnected without counting as gone (docs/contract.md §5). */
const GRACE = 10_000
/** Shortest time between two frames, in milliseconds. */
const FRAME_EVERY = 1_000

type Presence = { person: Person; connections: number; stopLeaving: (() => void) | null }

/**
 * The people who are present, counted as people instead of connections: three tabs are one person, and a reconnect
 * within the grace period changes nothing. `tell` receives the changes, at most once a second.
 */
export function createPresence({ clock, tell }: { clock: Clock; tell: (change: PresenceChange) => void }) {
  const present = new Map<string, Presence>()
  /** The state sent so far: id → nick. */
  const sent = new Map<string, string | null>()
  const touched = new Set<string>()
  let lastFrameAt = -Infinity
  let isFrameDue = false

  function touch(id: string): void {
    touched.add(id)
    if (isFrameDue) return
    isFrameDue = true
    clock.after(Math.max(0, lastFrameAt + FRAME_EVERY - clock.monotonic()), sendFrame)
  }

  function sendFrame(): void {
    isFrameDue = false
    lastFrameAt = clock.monotonic()
    const joined: Person[] = []
    const left: string[] = []
    for (const id of touched) {
      const person = present.get(id)?.person
      if (person && sent.get(id) !== person.nick) joined.push(person)
      else if (!person && sent.has(id)) left.push(id)
      if (person) sent.set(id, person.nick)
      else sent.delete(id)
    }
    touched.clear()
    if (joined.length > 0 || left.length > 0) tell({ joined, left, total: present.size })
  }

  return {
    opened(person: Person): void {
      const presence = present.get(person.id)
      presence?.stopLeaving?.()
      present.set(person.id, { person, connections: (presence?.connections ?? 0) + 1, stopLeaving: null })
      touch(person.id)
    },

    closed(id: string): void {
      const presence = present.get(id)
      if (!presence || --presence.connections > 0) return
      presence.stopLeaving = clock.after(GRACE, () => {
        present.delete(id)
        touch(id)
      })
    },

    /** Removes somebody at once, because they will not come back. */
    gone(id: string): void {
      present.get(id)?.stopLeaving?.()
      if (present.delete(id)) touch(id)
    },

    renamed(person: Person): void {
      const presence = present.get(person.id)
      if (!presence) return
      presence.person = person
      touch(person.id)
    },

    /** Returns the owner first, then the others in the order they came; the total includes those not listed. */
    list(): { people: Person[]; total: number } {
      const all = [...present.values()].map(({ person }) => person)
      const people = [...all.filter(isOwner), ...all.filter((person) => !isOwner(person))]
      return { people: people.slice(0, PEOPLE_LISTED_MAX), total: present.size }
    },

    isOwnerHere: (): boolean => [...present.values()].some(({ person }) => isOwner(person)),
  }
}

export type PresenceList = ReturnType<typeof createPresence>

const isOwner = ({ role }: Person) => role === 'owner'
