import type { Clock } from '../clock.ts'
import { Refusal } from '../errors.ts'
import type { Nick } from './nick.ts'

/** Milliseconds a nick stays its visitor's after the last use (docs/contract.md §5). */
const HELD_AFTER_USE = 60_000

/** `isFormer`: its visitor has taken another nick since, and may come back to this one for a minute. */
type Hold = { visitorId: string; nick: Nick; tab: string | null; freeAt: number; isFormer: boolean }

/** Which visitor holds which nick now. */
export function createNickReservations({ clock }: { clock: Clock }) {
  const byVisitor = new Map<string, Hold>()
  const byKey = new Map<string, Hold>()
  /** Open connections of each visitor, with a nick or without. */
  const connections = new Map<string, number>()
  /** By a nick's key: who claims it now, and how many of their claims are open. */
  const claims = new Map<string, { by: string; count: number }>()

  const isActive = ({ visitorId, freeAt, isFormer }: Hold) =>
    freeAt > clock.now() || (!isFormer && connections.has(visitorId))

  function release(hold: Hold): void {
    if (byVisitor.get(hold.visitorId) === hold) byVisitor.delete(hold.visitorId)
    for (const key of addressHashesOf(hold.nick)) if (byKey.get(key) === hold) byKey.delete(key)
  }

  /** The active hold of a nick that is the same as this one. */
  function holdOf(nick: Nick): Hold | null {
    for (const key of addressHashesOf(nick)) {
      const hold = byKey.get(key)
      if (hold && isActive(hold)) return hold
      if (hold) release(hold)
    }
    return null
  }

  function isHeld(nick: Nick, visitorId: string | null): boolean {
    const hold = holdOf(nick)
    if (hold && hold.visitorId !== visitorId) return true
    return addressHashesOf(nick).some((key) => claims.has(key) && claims.get(key)?.by !== visitorId)
  }

  /** Forgets what nobody holds any more, so that passing visitors do not add up. */
  function sweep(): void {
    clock.after(HELD_AFTER_USE, sweep)
    for (const hold of byKey.values()) if (!isActive(hold)) release(hold)
  }
  clock.after(HELD_AFTER_USE, sweep)

  return {
    /** Whether another visitor than this one holds the nick. */
    isHeld,

    /**
     * Reserves the nick for one person until the returned function is called. A caller claims a nick before it asks the
     * database who owns it, so that no account and no visitor get the same nick.
     * @throws {Refusal} NICK_TAKEN
     */
    claim(by: string, nick: Nick): () => void {
      if (isHeld(nick, by)) throw nickTaken()
      for (const key of addressHashesOf(nick))
        claims.set(key, { by, count: (claims.get(key)?.count ?? 0) + 1 })
      return () => {
        for (const key of addressHashesOf(nick)) {
          const count = (claims.get(key)?.count ?? 0) - 1
          if (count > 0) claims.set(key, { by, count })
          else claims.delete(key)
        }
      }
    },

    /** The visitor who took this very nick from this tab: the same person, whose token never arrived. */
    visitorInTab: (nick: Nick, tab: string | null): string | null => {
      const hold = holdOf(nick)
      const isSame = hold !== null && tab !== null && hold.tab === tab && hold.nick.nick === nick.nick
      return isSame ? hold.visitorId : null
    },

    /** Gives the nick to the visitor; the one they had is theirs for a minute more. @throws {Refusal} NICK_TAKEN */
    take(visitorId: string, nick: Nick, tab: string | null = null): void {
      if (isHeld(nick, visitorId)) throw nickTaken()
      const former = byVisitor.get(visitorId)
      if (former) Object.assign(former, { isFormer: true, freeAt: clock.now() + HELD_AFTER_USE })
      const taken = {
        visitorId,
        nick,
        tab: tab ?? former?.tab ?? null,
        freeAt: clock.now() + HELD_AFTER_USE,
        isFormer: false,
      }
      byVisitor.set(visitorId, taken)
      for (const key of addressHashesOf(nick)) byKey.set(key, taken)
    },

    opened(visitorId: string): void {
      connections.set(visitorId, (connections.get(visitorId) ?? 0) + 1)
    },

    closed(visitorId: string): void {
      const left = (connections.get(visitorId) ?? 0) - 1
      if (left > 0) connections.set(visitorId, left)
      else connections.delete(visitorId)
      const hold = byVisitor.get(visitorId)
      if (hold) hold.freeAt = clock.now() + HELD_AFTER_USE
    },

    connectedVisitors: (): string[] => [...connections.keys()],
  }
}

export type NickReservations = ReturnType<typeof createNickReservations>

export const nickTaken = () => new Refusal('NICK_TAKEN', 'Somebody has that nick now.', { pointer: '/nick' })

const addressHashesOf = ({ key, look }: Nick): string[] => [`case ${key}`, `look ${look}`]
