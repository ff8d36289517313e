import type { Nick } from './nick.ts'
import { type NickHolds, nickTaken } from './nick-holds.ts'
import type { Regulars } from './regulars.ts'

type Parts = { nickHolds: Pick<NickHolds, 'claim'>; regulars: Pick<Regulars, 'isKept'> }

/**
 * Holds a nick for one visitor or user until the returned function is called, unless a visitor other than this one holds
 * or keeps it; `tab` is that of a visitor. Who wants a nick claims it before they look it up in the database, so that no two get the same one.
 * @throws {Refusal} NICK_TAKEN
 */
export const createClaimNick =
  ({ nickHolds, regulars }: Parts) =>
  async (by: string, nick: Nick, tab: string | null = null): Promise<() => void | Promise<void>> => {
    const release = await nickHolds.claim(by, nick, tab)
    try {
      if (await regulars.isKept(nick, by)) throw nickTaken()
    } catch (error) {
      await release()
      throw error
    }
    return release
  }

export type ClaimNick = ReturnType<typeof createClaimNick>
