import type { Handshake, Identity } from 'me-api/contract'
import { NICK, TOKEN } from '../../api/visitor-token.ts'

type Parts = {
  /** Storage that lasts between visits. */
  local: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  tab: string
  signedIn: () => boolean
}

/** The credentials of a handshake: the cookie of an account, else the stored token, else the stored nick. */
export function createCredentials({ local, tab, signedIn }: Parts) {
  let reading = false
  let banned = false

  function handshake(): Handshake {
    // With the tab, so that the server still links a chosen nick to the same person.
    if (banned) return { reader: true, tab }
    if (signedIn()) return { tab }
    const [token, nick] = [local.getItem(TOKEN), local.getItem(NICK)]
    if (token) return { tab, token }
    return nick && !reading ? { tab, nick } : { tab }
  }

  function keep({ self, token }: Identity): void {
    if (token) local.setItem(TOKEN, token)
    if (token && self?.nick) local.setItem(NICK, self.nick)
  }

  /** Whether the connection will probably have a nick. */
  const known = () => signedIn() || Boolean(local.getItem(TOKEN) ?? local.getItem(NICK))

  /** Removes the stored token. Returns whether there was one. */
  function dropToken(): boolean {
    const had = local.getItem(TOKEN) !== null
    local.removeItem(TOKEN)
    return had
  }

  /** Stops sending the stored nick, after it was refused. Returns false if it was not being sent. */
  function onlyRead(): boolean {
    const sent = !reading
    reading = true
    return sent
  }

  /** While banned, the client connects as a reader. Returns whether the value has changed. */
  function setBanned(on: boolean): boolean {
    const changed = banned !== on
    banned = on
    return changed
  }

  return { handshake, keep, dropToken, onlyRead, setBanned, known, nick: () => local.getItem(NICK) ?? '' }
}
