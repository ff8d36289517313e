import type { Ack, Failure, Identity, NickChoice, Person } from 'me-api/contract'
import { computed, shallowRef } from 'vue'
import type { ChatSocket } from '../../api/socket.ts'
import type { createCredentials } from './credentials.ts'

/** One may not write, or not be here, until then: milliseconds since 1970; `reason` where the owner gave one. */
export type Sanction = { code: 'MUTED' | 'BANNED'; until: number; reason: string | undefined }

export type SelfParts = {
  socket: ChatSocket
  credentials: ReturnType<typeof createCredentials>
  /** Milliseconds for an acknowledgement. */
  patience: number
  /** Asks with work that this machine does first, as the server wants it under pressure; rejects without a proof. */
  askWithProof: <T>(ask: (proof: string) => Promise<Ack<T>>, signal?: AbortSignal) => Promise<Ack<T>>
}

/** Who one is in the chat, and how one comes by a nick. */
export function createSelf({ socket, credentials, patience, askWithProof }: SelfParts) {
  /** Undefined until the server has said so; null while one only reads. */
  const self = shallowRef<Person | null>()
  const sanction = shallowRef<Sanction | null>(null)
  /** Why the nick wanted cannot be had. */
  const nickRefused = shallowRef<Failure | null>(null)
  /** The nick waits for this machine's work. */
  const proving = shallowRef(false)
  const needsNick = computed(() => (self.value === undefined ? !credentials.known() : !self.value?.nick))

  function become(now: Identity): void {
    credentials.keep(now)
    self.value = now.self
    if (now.self) sanction.value = null
    if (now.self?.nick) nickRefused.value = null
  }

  /** Another tab of one's own has changed the nick. */
  function noticeAmong(joined: readonly Person[]): void {
    self.value = joined.find(({ id }) => id === self.value?.id) ?? self.value
  }

  /**
   * True where the nick is now one's own; otherwise `nickRefused` says why not. Where work has to be proved first, a
   * `signal` gives it up.
   */
  async function chooseNick(nick: string, signal?: AbortSignal): Promise<boolean> {
    let answer = await ask({ nick })
    if (!answer.ok && answer.error.code === 'PROOF_REQUIRED') {
      nickRefused.value = null
      proving.value = true
      answer = await askWithProof((proof) => ask({ nick, proof }), signal).catch(unreached)
      proving.value = false
    }
    if (signal?.aborted) return false
    if (answer.ok) become(answer.data)
    else if (answer.error.code === 'BANNED') limited('BANNED', answer.error)
    else nickRefused.value = answer.error
    return answer.ok
  }

  const ask = (choice: Pick<NickChoice, 'nick'> & Partial<NickChoice>): Promise<Ack<Identity>> =>
    socket.timeout(patience).emitWithAck('nick:set', choice).catch(unreached)

  /** For `retryAfter` seconds; where none are left of it, it was forgiven. */
  function limited(
    code: Sanction['code'],
    { retryAfter = 0, reason }: Pick<Failure, 'retryAfter' | 'reason'>,
  ): void {
    sanction.value = retryAfter > 0 ? { code, until: Date.now() + retryAfter * 1_000, reason } : null
  }

  /** It is over, or one asks whether it is. True where one has to connect again for that. */
  function pardoned(): boolean {
    sanction.value = null
    return credentials.bar(false)
  }

  /** What a refused handshake asks for: another token, or reading on without a nick. False: neither helps. */
  function mend(failure: Failure): boolean {
    if (failure.code === 'BANNED') {
      limited('BANNED', failure)
      return credentials.bar(true)
    }
    if (failure.code === 'TOKEN_INVALID') return credentials.dropToken()
    if (!failure.code.startsWith('NICK_') && failure.code !== 'PROOF_REQUIRED') return false
    nickRefused.value = failure
    return credentials.onlyRead()
  }

  return {
    self,
    sanction,
    nickRefused,
    proving,
    needsNick,
    become,
    noticeAmong,
    chooseNick,
    limited,
    pardoned,
    mend,
  }
}

export type Self = ReturnType<typeof createSelf>

const unreached = (): Ack<never> => ({ ok: false, error: { code: 'UNAVAILABLE', message: '' } })
