import { ECDH } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import type { PushRequest, Person } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import type { Limiter } from '../rate-limits/rate-limiter.ts'
import type { PushStore } from './push.store.ts'
import { TESTS } from './reasons.ts'

/** The browsers of one person that are told. */
const EACH_MAX = 10

/** Who asks: their session if they have an account, and the site's origin as their browser knows it. */
export type Asking = { person: Person; sessionId: string | null; address: string | null; origin: string }

type Parts = {
  store: PushStore
  outbound: Pick<Outbound, 'refusalOf'>
  publicKey: string
  subject: () => Promise<string | null>
  /** @throws {Refusal} BANNED */
  mayBeHere: (person: Person, address: string | null) => Promise<void>
  limitByPerson: Limiter
  limitByAddress: Limiter
  limitTests: Limiter
  clock: Clock
}

/** The browsers that asked to be told. */
export function createPushSubscriptions(parts: Parts) {
  const { store, outbound, publicKey, subject, mayBeHere, clock } = parts

  /** @throws {Refusal} NOT_FOUND */
  async function requireOn(): Promise<void> {
    if (!(await subject())) throw new Refusal('NOT_FOUND', 'This site sends no pushes.')
  }

  return {
    /** @throws {Refusal} NOT_FOUND where pushes are off */
    async key(): Promise<{ publicKey: string }> {
      await requireOn()
      return { publicKey }
    },

    /**
     * Adds a browser; of more than ten of a person the oldest go.
     * @throws {Refusal} NOT_FOUND, INVALID, BANNED, RATE_LIMITED
     */
    async add(
      { person, sessionId, address, origin }: Asking,
      { subscription, language }: PushRequest,
    ): Promise<void> {
      await requireOn()
      if (person.role === 'bot') throw new Refusal('FORBIDDEN', 'A bot is not told while it is away.')
      await mayBeHere(person, address)
      const { endpoint, keys } = subscription
      const refusal = outbound.refusalOf(endpoint)
      if (refusal) throw new Refusal('INVALID', `endpoint: ${refusal}`, { pointer: '/subscription/endpoint' })
      if (!isPoint(keys.p256dh))
        throw new Refusal('INVALID', 'p256dh: must be a point of P-256', {
          pointer: '/subscription/keys/p256dh',
        })
      if (person.role !== 'owner') {
        parts.limitByPerson(person.id)
        parts.limitByAddress(address)
      }
      await store.add(
        {
          endpoint,
          ...keys,
          person_id: person.id,
          session_id: sessionId,
          language,
          origin,
          created_at: clock.now(),
        },
        EACH_MAX,
      )
    },

    remove: (person: Person, endpoint: string): Promise<void> => store.removeOwn(person.id, endpoint),

    /** Sends a test to all browsers of a person. @throws {Refusal} NOT_FOUND, RATE_LIMITED */
    async test(person: Person): Promise<void> {
      await requireOn()
      const subscriptions = await store.of(person.id)
      if (subscriptions.length === 0) throw new Refusal('NOT_FOUND', 'None of your browsers is subscribed.')
      parts.limitTests(person.id)
      const now = clock.now()
      await store.putPending(
        subscriptions.map(({ id }) => ({
          ...{ subscription_id: id, conversation: TESTS, reason: 'test' },
          ...{ message_id: null, made_at: now, due_at: now },
        })),
      )
    },
  }
}

export type PushSubscriptions = ReturnType<typeof createPushSubscriptions>

/** Whether a key is a point on the curve P-256, uncompressed; with any other, nothing can be encrypted. */
function isPoint(key: string): boolean {
  const bytes = Buffer.from(key, 'base64url')
  try {
    return bytes[0] === 4 && ECDH.convertKey(bytes, 'prime256v1').length > 0
  } catch {
    return false
  }
}
