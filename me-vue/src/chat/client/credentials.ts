import type { Handshake, Identity } from 'me-api/contract'
import { TOKEN } from '../../api/visitor-token.ts'

type Parts = {
  /** Lasts between visits. */
  local: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  tab: string
  signedIn: () => boolean
}

const NICK = 'me.chat.nick'

/** Who one says one is when connecting: an account's cookie, else the token given out earlier, else a nick. */
export function createCredentials({ local, tab, signedIn }: Parts) {
  let reading = false
  let barred = false

  function handshake(): Handshake {
    // With the tab, so that a nick wanted all the same is known to be whose it is.
    if (barred) return { reader: true, tab }
    if (signedIn()) return { tab }
    const [token, nick] = [local.getItem(TOKEN), local.getItem(NICK)]
    if (token) return { tab, token }
    return nick && !reading ? { tab, nick } : { tab }
  }

  function keep({ self, token }: Identity): void {
    if (token) local.setItem(TOKEN, token)
    if (token && self?.nick) local.setItem(NICK, self.nick)
  }

  /** Whether one will probably have a nick once connected. */
  const known = () => signedIn() || Boolean(local.getItem(TOKEN) ?? local.getItem(NICK))

  /** Whether there was one to drop. */
  function dropToken(): boolean {
    const had = local.getItem(TOKEN) !== null
    local.removeItem(TOKEN)
    return had
  }

  /** The remembered nick is refused: it is not sent again by itself. False where it already was not. */
  function onlyRead(): boolean {
    const sent = !reading
    reading = true
    return sent
  }

  /** Banned, one only reads, whoever one is; or no longer. False where that is so already. */
  function bar(on: boolean): boolean {
    const changed = barred !== on
    barred = on
    return changed
  }

  return { handshake, keep, dropToken, onlyRead, bar, known, nick: () => local.getItem(NICK) ?? '' }
}
