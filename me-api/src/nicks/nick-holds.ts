import type { Clock } from '../clock.ts'
import { Refusal } from '../errors.ts'
import type { Nick } from './nick.ts'

/** Milliseconds for which a visitor holds a nick after its last use (docs/contract.md §5). */
export const HELD_AFTER_USE = 60_000

/** `isFormer` means that the visitor has taken another nick since and can return to this one for a minute. */
type Hold = { visitorId: string; nick: Nick; tab: string | null; freeAt: number; isFormer: boolean }

/** From memory at once, or from the database. */
type Answer<Result> = Result | Promise<Result>

/** Tracks which visitor holds which nick. `NICK_RESERVED` is another matter: nicks that no visitor may take. */
export type NickHolds = {
  /** Whether somebody other than this visitor holds the nick. */
  isHeld: (nick: Nick, visitorId: string | null) => Answer<boolean>

  /**
   * Holds the nick for one person until the returned function is called. A caller claims a nick before it checks who owns
   * it in the database, so that no account and no visitor get the same nick. `tab` is that of a visitor.
   * @throws {Refusal} NICK_TAKEN
   */
  claim: (by: string, nick: Nick, tab?: string | null) => Answer<() => Answer<void>>

  /** Returns the visitor who took this nick in this tab: the same person, who never received the token. */
  visitorInTab: (nick: Nick, tab: string | null) => Answer<string | null>

  /** Gives the nick to the visitor, who keeps the previous one for a minute. @throws {Refusal} NICK_TAKEN */
  take: (visitorId: string, nick: Nick, tab?: string | null) => Answer<void>

  /** Gives these visitors their nicks, except where somebody else has one. */
  takeAll: (visitors: { id: string; nick: Nick; tab: string | null }[]) => Answer<void>

  /** Counts as a use of the nick that the visitor holds now; one that is free already stays free. */
  prolong: (visitorId: string) => Answer<void>

  /** Called when a connection of a visitor opens or closes, with a nick or without. */
  opened: (visitorId: string) => void
  closed: (visitorId: string) => void

  /** Frees all nicks that the visitor holds. */
  release: (visitorId: string) => Answer<void>

  connectedVisitors: () => string[]

  /** `handler` receives connected visitors without a nick of their own: somebody else may have theirs. */
  onLost: (handler: (visitorIds: ReadonlySet<string>) => void) => void

  /** Called before the end: whoever is here holds their nick for another minute. */
  keep: () => Answer<void>
}

/** The nicks that visitors hold, in the memory of the only node. */
export function createNickHolds({ clock }: { clock: Clock }): NickHolds {
  const byVisitor = new Map<string, Hold>()
  const byKey = new Map<string, Hold>()
  /** Open connections of each visitor, with a nick or without. */
  const connections = new Map<string, number>()
  /** Claims by a nick's key: the claimant, and how many of their claims are open. */
  const claims = new Map<string, { by: string; count: number }>()

  const isActive = ({ visitorId, freeAt, isFormer }: Hold) =>
    freeAt > clock.monotonic() || (!isFormer && connections.has(visitorId))

  function release(hold: Hold): void {
    if (byVisitor.get(hold.visitorId) === hold) byVisitor.delete(hold.visitorId)
    for (const key of keysOf(hold.nick)) if (byKey.get(key) === hold) byKey.delete(key)
  }

  /** Returns the active hold of this nick or of one that counts as the same. */
  function holdOf(nick: Nick): Hold | null {
    for (const key of keysOf(nick)) {
      const hold = byKey.get(key)
      if (hold && isActive(hold)) return hold
      if (hold) release(hold)
    }
    return null
  }

  function isHeld(nick: Nick, visitorId: string | null): boolean {
    const hold = holdOf(nick)
    if (hold && hold.visitorId !== visitorId) return true
    return keysOf(nick).some((key) => claims.has(key) && claims.get(key)?.by !== visitorId)
  }

  function take(visitorId: string, nick: Nick, tab: string | null = null): void {
    if (isHeld(nick, visitorId)) throw nickTaken()
    const former = byVisitor.get(visitorId)
    if (former) Object.assign(former, { isFormer: true, freeAt: clock.monotonic() + HELD_AFTER_USE })
    const taken = {
      visitorId,
      nick,
      tab: tab ?? former?.tab ?? null,
      freeAt: clock.monotonic() + HELD_AFTER_USE,
      isFormer: false,
    }
    byVisitor.set(visitorId, taken)
    for (const key of keysOf(nick)) byKey.set(key, taken)
  }

  /** Deletes expired holds, so that memory stays bounded. */
  function sweep(): void {
    clock.after(HELD_AFTER_USE, sweep)
    for (const hold of byKey.values()) if (!isActive(hold)) release(hold)
  }
  clock.after(HELD_AFTER_USE, sweep)

  return {
    isHeld,

    claim(by, nick) {
      if (isHeld(nick, by)) throw nickTaken()
      for (const key of keysOf(nick)) claims.set(key, { by, count: (claims.get(key)?.count ?? 0) + 1 })
      return () => {
        for (const key of keysOf(nick)) {
          const count = (claims.get(key)?.count ?? 0) - 1
          if (count > 0) claims.set(key, { by, count })
          else claims.delete(key)
        }
      }
    },

    visitorInTab: (nick, tab) => {
      const hold = holdOf(nick)
      const isSame = hold !== null && tab !== null && hold.tab === tab && hold.nick.nick === nick.nick
      return isSame ? hold.visitorId : null
    },

    take,

    takeAll(visitors) {
      for (const { id, nick, tab } of visitors) if (!isHeld(nick, id)) take(id, nick, tab)
    },

    prolong(visitorId) {
      const hold = byVisitor.get(visitorId)
      if (hold && isActive(hold)) hold.freeAt = clock.monotonic() + HELD_AFTER_USE
    },

    opened(visitorId) {
      connections.set(visitorId, (connections.get(visitorId) ?? 0) + 1)
    },

    closed(visitorId) {
      const left = (connections.get(visitorId) ?? 0) - 1
      if (left > 0) connections.set(visitorId, left)
      else connections.delete(visitorId)
      const hold = byVisitor.get(visitorId)
      if (hold) hold.freeAt = clock.monotonic() + HELD_AFTER_USE
    },

    release(visitorId) {
      for (const hold of byKey.values()) if (hold.visitorId === visitorId) release(hold)
    },

    connectedVisitors: () => [...connections.keys()],
    // Nobody else gives nicks away.
    onLost: () => {},
    // The next start reads who was here from the database.
    keep: () => {},
  }
}

export const nickTaken = () => new Refusal('NICK_TAKEN', 'Somebody else has that nick.', { pointer: '/nick' })

/** Two nicks are the same where one of these is. */
export const keysOf = ({ key, look }: Nick): string[] => [`case ${key}`, `look ${look}`]
