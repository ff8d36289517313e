import type { Clock } from '../../clock.ts'
import { PEOPLE_LISTED_MAX, type Person, type PresenceChange } from '../../contract/index.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import type { NodeMessages } from '../../nodes/node-messages.ts'

/** Milliseconds a person may be disconnected without counting as gone (docs/contract.md §5). */
const GRACE = 10_000
/** Shortest time between two frames, in milliseconds. */
const FRAME_EVERY = 1_000

/** People in one message to the other nodes. */
const AT_ONCE = 1_000

type Presence = { person: Person; connections: number; stopLeaving: (() => void) | null }

type Parts = { clock: Clock; interchange: Interchange; tell: (change: PresenceChange) => void }

/**
 * The people who are present on all nodes, counted as people instead of connections: three tabs are one person, and a
 * reconnect within the grace period changes nothing. `tell` receives the changes, at most once a second.
 */
export function createPresence({ clock, interchange, tell }: Parts) {
  /** The people who are connected to this node. */
  const here = new Map<string, Presence>()
  /** Those of each other node. */
  const elsewhere = new Map<string, Map<string, Person>>()
  /** All of them, in the order they came. */
  const present = new Map<string, Person>()
  /** The state sent so far: id → nick. */
  const sent = new Map<string, string | null>()
  const touched = new Set<string>()
  let lastFrameAt = -Infinity
  let isFrameDue = false

  function personOf(id: string): Person | undefined {
    const known = here.get(id)?.person
    if (known) return known
    for (const people of elsewhere.values()) if (people.has(id)) return people.get(id)
    return undefined
  }

  /** Notes that a person may have come, gone or changed, on any node. */
  function touch(id: string): void {
    const person = personOf(id)
    if (person) present.set(id, person)
    else present.delete(id)
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
      const person = present.get(id)
      if (person && sent.get(id) !== person.nick) joined.push(person)
      else if (!person && sent.has(id)) left.push(id)
      if (person) sent.set(id, person.nick)
      else sent.delete(id)
    }
    touched.clear()
    if (joined.length > 0 || left.length > 0) tell({ joined, left, total: present.size })
  }

  /** Somebody has come to this node, or has another nick. */
  function came(person: Person): void {
    interchange.send('people', { here: [person], gone: [] })
    touch(person.id)
  }

  /** Somebody is no longer on this node. */
  function left(id: string): void {
    here.get(id)?.stopLeaving?.()
    if (!here.delete(id)) return
    interchange.send('people', { here: [], gone: [id] })
    touch(id)
  }

  /** Tells the other nodes of everybody on this one. */
  function tellAll(): void {
    const people = [...here.values()].map(({ person }) => person)
    for (let start = 0; start === 0 || start < people.length; start += AT_ONCE)
      interchange.send('people', {
        isAll: start === 0,
        here: people.slice(start, start + AT_ONCE),
        gone: [],
      })
  }

  function heard({ isAll, here, gone }: NodeMessages['people'], node: string): void {
    const before = elsewhere.get(node) ?? new Map<string, Person>()
    const people = isAll ? new Map<string, Person>() : before
    elsewhere.set(node, people)
    for (const person of here) people.set(person.id, person)
    for (const id of gone) people.delete(id)
    for (const id of new Set([...(isAll ? before.keys() : []), ...here.map(({ id }) => id), ...gone]))
      touch(id)
  }

  function nodeLeft(node: string): void {
    const people = elsewhere.get(node)
    elsewhere.delete(node)
    for (const id of people?.keys() ?? []) touch(id)
  }

  interchange.on('people', heard)
  interchange.onMeeting(tellAll)
  // Those of a node that stops are about to come to another one.
  interchange.onGone((node, hasStopped) =>
    hasStopped ? void clock.after(GRACE, () => nodeLeft(node)) : nodeLeft(node),
  )

  return {
    opened(person: Person): void {
      const known = here.get(person.id)
      known?.stopLeaving?.()
      here.set(person.id, { person, connections: (known?.connections ?? 0) + 1, stopLeaving: null })
      if (known?.person.nick !== person.nick) came(person)
    },

    closed(id: string): void {
      const known = here.get(id)
      if (known && --known.connections === 0) known.stopLeaving = clock.after(GRACE, () => left(id))
    },

    /** Removes somebody at once, because they will not come back. */
    gone: left,

    renamed(person: Person): void {
      const known = here.get(person.id)
      if (!known) return
      known.person = person
      came(person)
    },

    /** Returns the owner first, then the others in the order they came; the total includes those not listed. */
    list(): { people: Person[]; total: number } {
      const all = [...present.values()]
      const people = [...all.filter(isOwner), ...all.filter((person) => !isOwner(person))]
      return { people: people.slice(0, PEOPLE_LISTED_MAX), total: present.size }
    },

    isOwnerHere: (): boolean => [...present.values()].some(isOwner),

    /** The ids of the members who are connected to any node, or were within the grace period. */
    members: (): string[] => [...present.values()].flatMap(({ id, role }) => (role === 'member' ? id : [])),
  }
}

export type PresenceList = ReturnType<typeof createPresence>

const isOwner = ({ role }: Person) => role === 'owner'
