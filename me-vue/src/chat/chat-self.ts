import type { Failure, Identity, Person } from 'me-api/contract'
import { computed, shallowRef } from 'vue'
import type { ChatSocket } from '../api/socket.ts'
import type { createIdentity } from './identity.ts'

type Parts = {
  socket: ChatSocket
  identity: ReturnType<typeof createIdentity>
  /** Milliseconds for an acknowledgement. */
  patience: number
}

/** Who one is in the chat, and how one comes by a nick. */
export function createSelf({ socket, identity, patience }: Parts) {
  /** Undefined until the server has said so; null while one only reads. */
  const self = shallowRef<Person | null>()
  /** Why the nick wanted cannot be had. */
  const nickRefused = shallowRef<Failure | null>(null)
  const needsNick = computed(() => (self.value === undefined ? !identity.known() : !self.value?.nick))

  function become(now: Identity): void {
    identity.keep(now)
    self.value = now.self
    if (now.self?.nick) nickRefused.value = null
  }

  /** Another tab of one's own has changed the nick. */
  function noticeAmong(joined: readonly Person[]): void {
    self.value = joined.find(({ id }) => id === self.value?.id) ?? self.value
  }

  /** True where the nick is now one's own; otherwise `nickRefused` says why not. */
  async function chooseNick(nick: string): Promise<boolean> {
    const asked = socket.timeout(patience).emitWithAck('nick:set', { nick })
    const answer = await asked.catch(() => undefined)
    if (answer?.ok) become(answer.data)
    else nickRefused.value = answer?.error ?? { code: 'UNAVAILABLE', message: '' }
    return answer?.ok ?? false
  }

  /** What a refused handshake asks for: another token, or reading on without a nick. False: neither helps. */
  function mend(failure: Failure): boolean {
    if (failure.code === 'TOKEN_INVALID') return identity.dropToken()
    if (!failure.code.startsWith('NICK_') && failure.code !== 'PROOF_REQUIRED') return false
    nickRefused.value = failure
    return identity.onlyRead()
  }

  return { self, nickRefused, needsNick, become, noticeAmong, chooseNick, mend }
}
