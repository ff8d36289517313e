import type { Clock } from '../../clock.ts'
import type { Person, TypingChange } from '../../contract/index.ts'
import type { Interchange } from '../../nodes/interchange.ts'

/** Milliseconds without a further `typing` after which a person no longer counts as writing (docs/contract.md §5). */
const FORGOTTEN_AFTER = 5_000
/** Shortest time between two frames of a room, in milliseconds. */
const FRAME_EVERY = 500

/** A room's writers: id → nick, and the function that cancels the writer's timeout. `sent` is the last frame. */
type Writers = { nicks: Map<string, { nick: string; cancel: () => void }>; sent: string; isFrameDue: boolean }

type Parts = { clock: Clock; interchange: Interchange; tell: (change: TypingChange) => void }

/** Tracks who is writing in each room, on any node; `tell` receives a room's whole list whenever it changes. */
export function createTyping({ clock, interchange, tell }: Parts) {
  const rooms = new Map<string, Writers>()

  function set(room: string, person: Pick<Person, 'id' | 'nick'>, isWriting: boolean): void {
    const writers = rooms.get(room) ?? { nicks: new Map(), sent: '', isFrameDue: false }
    if (!isWriting && !writers.nicks.has(person.id)) return
    rooms.set(room, writers)
    writers.nicks.get(person.id)?.cancel()
    writers.nicks.delete(person.id)
    if (isWriting && person.nick) {
      const cancel = clock.after(FORGOTTEN_AFTER, () => set(room, person, false))
      writers.nicks.set(person.id, { nick: person.nick, cancel })
    }
    if (writers.isFrameDue) return
    writers.isFrameDue = true
    clock.after(writers.sent ? FRAME_EVERY : 0, () => sendFrame(room, writers))
  }

  function sendFrame(room: string, writers: Writers): void {
    writers.isFrameDue = false
    const nicks = [...writers.nicks.values()].map(({ nick }) => nick)
    const frame = nicks.join('\n')
    if (frame !== writers.sent) tell({ room, nicks })
    writers.sent = frame
    if (nicks.length === 0) rooms.delete(room)
  }

  function setForAll(room: string, { id, nick }: Pick<Person, 'id' | 'nick'>, isWriting: boolean): void {
    interchange.send('typing', { room, id, nick, isWriting })
    set(room, { id, nick }, isWriting)
  }
  interchange.on('typing', ({ room, isWriting, ...person }) => set(room, person, isWriting))

  return {
    set: setForAll,

    /** Removes a person from all rooms, for example when they disconnect. */
    gone({ id }: Pick<Person, 'id'>): void {
      for (const [room, { nicks }] of rooms) if (nicks.has(id)) setForAll(room, { id, nick: null }, false)
    },
  }
}

export type Typing = ReturnType<typeof createTyping>
