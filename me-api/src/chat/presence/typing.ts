import type { Clock } from '../../clock.ts'
import type { Person, TypingChange } from '../../contract/index.ts'

/** Milliseconds after which somebody who says nothing more counts as not writing (docs/contract.md §5). */
const FORGOTTEN_AFTER = 5_000
/** Milliseconds between two frames of a room at least. */
const FRAME_EVERY = 500

/** A room's writers: id → nick, and what forgets them. */
type Writers = { nicks: Map<string, { nick: string; forget: () => void }>; told: string; isFrameDue: boolean }

/** Who is writing in which room; `tell` gets a room's whole list whenever it changed. */
export function createTyping({ clock, tell }: { clock: Clock; tell: (change: TypingChange) => void }) {
  const rooms = new Map<string, Writers>()

  function set(room: string, person: Pick<Person, 'id' | 'nick'>, isWriting: boolean): void {
    const writers = rooms.get(room) ?? { nicks: new Map(), told: '', isFrameDue: false }
    if (!isWriting && !writers.nicks.has(person.id)) return
    rooms.set(room, writers)
    writers.nicks.get(person.id)?.forget()
    writers.nicks.delete(person.id)
    if (isWriting && person.nick) {
      const forget = clock.after(FORGOTTEN_AFTER, () => set(room, person, false))
      writers.nicks.set(person.id, { nick: person.nick, forget })
    }
    if (writers.isFrameDue) return
    writers.isFrameDue = true
    clock.after(writers.told ? FRAME_EVERY : 0, () => sendFrame(room, writers))
  }

  function sendFrame(room: string, writers: Writers): void {
    writers.isFrameDue = false
    const nicks = [...writers.nicks.values()].map(({ nick }) => nick)
    const frame = nicks.join('\n')
    if (frame !== writers.told) tell({ room, nicks })
    writers.told = frame
    if (nicks.length === 0) rooms.delete(room)
  }

  return {
    set,

    /** Forgets somebody everywhere, as when they left. */
    gone({ id }: Pick<Person, 'id'>): void {
      for (const [room, { nicks }] of rooms) if (nicks.has(id)) set(room, { id, nick: null }, false)
    },
  }
}

export type Typing = ReturnType<typeof createTyping>
