import type { Clock } from '../clock.ts'
import { createSignal } from '../signal.ts'
import type { Nick } from './nick.ts'
import { type NickHolds, nickTaken } from './nick-holds.ts'
import type { NickHoldsStore } from './nick-holds.store.ts'

/** Milliseconds between two renewals of what connected visitors hold: two may fail before a nick is free. */
const RENEWED_EVERY = 20_000
/** Milliseconds in which those who leave share a renewal. */
const LEAVING_SHARED = 1_000
/** Milliseconds after a hold was stored in which another use of it is not stored again. */
const FRESH_FOR = 5_000

type Parts = { store: NickHoldsStore; clock: Clock; onFault: (error: unknown) => void }

/**
 * The nicks that visitors hold, where there are several nodes: the database decides, so that no two people get one nick,
 * with Redis or without. A node renews what its connected visitors hold; what those of a node that has ended hold is free
 * a minute after its last renewal. So a node that stood still for longer asks whose they are then.
 */
export function createSharedNickHolds({ store, clock, onFault }: Parts): NickHolds {
  /** Open connections of each visitor on this node. */
  const connections = new Map<string, number>()
  /** The visitors who have left this node since the last renewal. */
  const left = new Set<string>()
  /** What this node has just stored, by visitor: a visitor's requests follow each other closely. */
  const stored = new Map<string, { nick: Nick; tab: string | null; at: number }>()
  const lost = createSignal<ReadonlySet<string>>(onFault)
  let isRenewalDue = false

  const isFresh = (id: string, nick: Nick): boolean => {
    const known = stored.get(id)
    return known?.nick.nick === nick.nick && clock.monotonic() - known.at < FRESH_FOR
  }

  async function renewLeft(): Promise<void> {
    isRenewalDue = false
    const ids = [...left]
    left.clear()
    await store.renew(ids).catch(onFault)
  }

  async function renewRegularly(): Promise<void> {
    try {
      for (const [id, { at }] of stored) if (clock.monotonic() - at >= FRESH_FOR) stored.delete(id)
      const ids = [...connections.keys()]
      const holders = await store.renew(ids)
      const losers = new Set(ids).difference(holders)
      for (const id of losers) stored.delete(id)
      if (losers.size > 0) lost.emit(losers)
      await store.sweep()
    } catch (error) {
      onFault(error)
    }
    clock.after(RENEWED_EVERY, renewRegularly)
  }
  clock.after(RENEWED_EVERY, renewRegularly)

  return {
    isHeld: store.isHeld,

    async claim(by, nick, tab = null) {
      if (isFresh(by, nick)) return async () => {}
      if (!(await store.claim(by, nick, tab))) throw nickTaken()
      // One that cannot be let go ends by itself.
      return () => store.letGo(by, nick).catch(onFault)
    },

    visitorInTab: async (nick, tab) => (tab === null ? null : store.inTab(nick, tab)),

    async take(visitorId, nick, tab = null) {
      if (isFresh(visitorId, nick) && (tab === null || stored.get(visitorId)?.tab === tab)) return
      if (!(await store.take(visitorId, nick, tab))) throw nickTaken()
      stored.set(visitorId, { nick, tab, at: clock.monotonic() })
    },

    takeAll: store.takeAll,
    prolong: store.prolong,

    opened(visitorId) {
      connections.set(visitorId, (connections.get(visitorId) ?? 0) + 1)
    },

    closed(visitorId) {
      const others = (connections.get(visitorId) ?? 0) - 1
      if (others > 0) connections.set(visitorId, others)
      else connections.delete(visitorId)
      left.add(visitorId)
      if (isRenewalDue) return
      isRenewalDue = true
      clock.after(LEAVING_SHARED, renewLeft)
    },

    async release(visitorId) {
      stored.delete(visitorId)
      await store.free(visitorId)
    },

    connectedVisitors: () => [...connections.keys()],
    onLost: (handler) => void lost.subscribe(handler),

    async keep() {
      await store.renew([...connections.keys(), ...left])
    },
  }
}
