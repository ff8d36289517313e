import type { Ack, Failure, Identity, NickChoice, Person } from 'me-api/contract'
import { computed, shallowRef } from 'vue'
import type { ChatSocket } from '../../api/socket.ts'
import type { createCredentials } from './credentials.ts'

/** A mute or ban: `until` in milliseconds since 1970; `reason` if the owner gave one. */
export type Sanction = { code: 'MUTED' | 'BANNED'; until: number; reason: string | undefined }

export type SelfParts = {
  socket: ChatSocket
  credentials: ReturnType<typeof createCredentials>
  /** Milliseconds for an acknowledgement. */
  patience: number
  /** Solves the proof of work that the server requires under pressure, then asks; rejects if there is no proof. */
  askWithProof: <T>(ask: (proof: string) => Promise<Ack<T>>, signal?: AbortSignal) => Promise<Ack<T>>
}

/** The identity of this tab in the chat, and the choice of a nick. */
export function createSelf({ socket, credentials, patience, askWithProof }: SelfParts) {
  /** Undefined until the server has answered; null for a reader. */
  const self = shallowRef<Person | null>()
  const sanction = shallowRef<Sanction | null>(null)
  /** Why the chosen nick was refused. */
  const nickRefused = shallowRef<Failure | null>(null)
  /** True while this machine solves the proof of work for the nick. */
  const proving = shallowRef(false)
  const needsNick = computed(() => (self.value === undefined ? !credentials.known() : !self.value?.nick))

  function setIdentity(now: Identity): void {
    credentials.keep(now)
    self.value = now.self
    if (now.self) sanction.value = null
    if (now.self?.nick) nickRefused.value = null
  }

  /** Takes over the nick that another tab of the same person has chosen. */
  function updateFrom(joined: readonly Person[]): void {
    self.value = joined.find(({ id }) => id === self.value?.id) ?? self.value
  }

  /**
   * Returns true if the nick was accepted; otherwise `nickRefused` has the reason. `signal` cancels the proof of work,
   * if one is required.
   */
  async function chooseNick(nick: string, signal?: AbortSignal): Promise<boolean> {
    let answer = await ask({ nick })
    if (!answer.ok && answer.error.code === 'PROOF_REQUIRED') {
      nickRefused.value = null
      proving.value = true
      answer = await askWithProof((proof) => ask({ nick, proof }), signal).catch(unanswered)
      proving.value = false
    }
    if (signal?.aborted) return false
    if (answer.ok) setIdentity(answer.data)
    else if (answer.error.code === 'BANNED') setSanction('BANNED', answer.error)
    else nickRefused.value = answer.error
    return answer.ok
  }

  const ask = (choice: Pick<NickChoice, 'nick'> & Partial<NickChoice>): Promise<Ack<Identity>> =>
    socket.timeout(patience).emitWithAck('nick:set', choice).catch(unanswered)

  /** Sets the sanction for `retryAfter` seconds; without `retryAfter` it was lifted. */
  function setSanction(
    code: Sanction['code'],
    { retryAfter = 0, reason }: Pick<Failure, 'retryAfter' | 'reason'>,
  ): void {
    sanction.value = retryAfter > 0 ? { code, until: Date.now() + retryAfter * 1_000, reason } : null
  }

  /** Clears the sanction when it is over, or to ask whether it is. Returns true if the client has to connect again. */
  function clearSanction(): boolean {
    sanction.value = null
    return credentials.setBanned(false)
  }

  /** Reacts to a refused handshake: drops the token, or reads on without a nick. Returns false if neither helps. */
  function recover(failure: Failure): boolean {
    if (failure.code === 'BANNED') {
      setSanction('BANNED', failure)
      return credentials.setBanned(true)
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
    setIdentity,
    updateFrom,
    chooseNick,
    setSanction,
    clearSanction,
    recover,
  }
}

export type Self = ReturnType<typeof createSelf>

const unanswered = (): Ack<never> => ({ ok: false, error: { code: 'UNAVAILABLE', message: '' } })
