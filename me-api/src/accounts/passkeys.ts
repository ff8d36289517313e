import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { Clock } from '../clock.ts'
import {
  PASSKEYS_MAX,
  type NewPasskey,
  type Passkey,
  type PasskeyProof,
  type User,
} from '../contract/index.ts'
import type { PasskeyRow } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import type { Session } from '../http/caller.ts'
import type { AccountsStore, Stores } from './accounts.store.ts'
import { CHALLENGE_LASTS, type PasskeyChallenges } from './passkey-challenges.ts'
import type { PasskeySite } from './passkey-site.ts'
import type { PasskeysStore } from './passkeys.store.ts'

type Parts = {
  store: PasskeysStore
  accountsStore: Pick<AccountsStore, 'holding'>
  challenges: PasskeyChallenges
  /** The name in the site's header, which authenticators show; null before the owner has written one. */
  siteName: () => Promise<string | null>
  clock: Clock
}

/** A verified proof: whose it is, and the function that notes the passkey's use unless it was removed meanwhile. */
type Proved = { userId: string; use: (stores: Pick<Stores, 'passkeysStore'>) => Promise<boolean> }

/** EdDSA, ES256 and RS256 (COSE): every authenticator has one of them, and every Node.js that runs the server. */
const ALGORITHMS = [-8, -7, -257]
const SIGN_IN = 'sign in'
const addingBy = ({ id }: Pick<User, 'id'>): string => `add to ${id}`

/**
 * Passkeys (WebAuthn). Beside the password, each signs its user in by itself, also without the second step, because
 * it is on a device that the user has and that has checked its user. The reasons are in docs/decisions/0020-passkeys.md.
 */
export function createPasskeys({ store, accountsStore, challenges, siteName, clock }: Parts) {
  /** Returns the passkey in a browser's answer, or null if anything about it is wrong. */
  async function registered(user: User, { credential }: NewPasskey, { rpID, origin }: PasskeySite) {
    try {
      const { registrationInfo } = await verifyRegistrationResponse({
        response: { ...credential, clientExtensionResults: {} },
        expectedChallenge: (challenge) => challenges.use(addingBy(user), challenge),
        expectedOrigin: origin,
        expectedRPID: rpID,
        supportedAlgorithmIDs: ALGORITHMS,
      })
      return registrationInfo?.credential ?? null
    } catch {
      return null
    }
  }

  /** Verifies a signature by one of the passkeys. Returns null if anything about it is wrong. */
  async function prove(credential: PasskeyProof, { rpID, origin }: PasskeySite): Promise<Proved | null> {
    const row = await store.byId(credential.id)
    if (!row || credential.response.userHandle !== handleOf(row.user_id)) return null
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: { ...credential, clientExtensionResults: {} },
        expectedChallenge: (challenge) => challenges.use(SIGN_IN, challenge),
        expectedOrigin: origin,
        expectedRPID: rpID,
        credential: toCredential(row),
      })
      const use: Proved['use'] = ({ passkeysStore }) =>
        passkeysStore.use(row.id, authenticationInfo.newCounter, clock.now())
      return verified ? { userId: row.user_id, use } : null
    } catch {
      return null
    }
  }

  return {
    prove,

    /** Returns the id of the user whose passkey this is, before anything is verified; null if nobody's. */
    async userIdOf({ id }: PasskeyProof): Promise<string | null> {
      return (await store.byId(id))?.user_id ?? null
    },

    /** Whether this is a valid signature by one of the user's passkeys; notes the use. */
    async proves(userId: string, credential: PasskeyProof, site: PasskeySite): Promise<boolean> {
      const proved = await prove(credential, site)
      return proved !== null && proved.userId === userId && (await proved.use({ passkeysStore: store }))
    },

    async list(userId: string): Promise<Passkey[]> {
      return (await store.of(userId)).map(toPasskey)
    },

    /** Returns what a browser needs to create a passkey for this user. */
    async creationOptions(user: User, { rpID }: PasskeySite) {
      const existing = await store.of(user.id)
      return generateRegistrationOptions({
        rpName: (await siteName()) ?? rpID,
        rpID,
        userName: user.email,
        userDisplayName: user.nick,
        userID: Buffer.from(user.id),
        challenge: challenges.make(addingBy(user)),
        timeout: CHALLENGE_LASTS,
        excludeCredentials: existing.map(({ id, transports }) => ({
          id,
          transports: JSON.parse(transports),
        })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        supportedAlgorithmIDs: ALGORITHMS,
      })
    },

    /** Returns what a browser needs to sign with any of its passkeys for this site. */
    requestOptions({ rpID }: PasskeySite) {
      const challenge = challenges.make(SIGN_IN)
      return generateAuthenticationOptions({
        rpID,
        challenge,
        timeout: CHALLENGE_LASTS,
        userVerification: 'required',
      })
    },

    /** Adds a passkey. @throws {Refusal} INVALID, CONFLICT if there are ten or it was added before */
    async add({ id, user }: Session, input: NewPasskey, site: PasskeySite): Promise<Passkey> {
      const credential = await registered(user, input, site)
      if (!credential) throw notValid()
      const row: PasskeyRow = {
        id: credential.id,
        user_id: user.id,
        public_key: Buffer.from(credential.publicKey).toString('base64url'),
        counter: credential.counter,
        transports: JSON.stringify(credential.transports ?? []),
        name: input.name,
        created_at: clock.now(),
        used_at: null,
      }
      // In a transaction that locks the user's row, so that two at once do not become eleven.
      const isHeld = await accountsStore.holding(
        { userId: user.id, sessionId: id },
        async ({ passkeysStore }) => {
          if ((await passkeysStore.of(user.id)).length >= PASSKEYS_MAX) throw tooMany()
          if (!(await passkeysStore.insert(row))) throw notNew()
          return true
        },
      )
      if (!isHeld) throw new Refusal('UNAUTHENTICATED', 'You have been signed out. Sign in again.')
      return toPasskey(row)
    },

    /** Removes a passkey and returns its name. @throws {Refusal} NOT_FOUND */
    async remove({ user }: Session, id: string): Promise<string> {
      const name = await store.remove(user.id, id)
      if (name === null) throw new Refusal('NOT_FOUND', 'You have no such passkey.')
      return name
    },
  }
}

export type Passkeys = ReturnType<typeof createPasskeys>

const toPasskey = ({ id, name, created_at, used_at }: PasskeyRow): Passkey => ({
  id,
  name,
  createdAt: new Date(created_at).toISOString(),
  lastUsedAt: used_at === null ? null : new Date(used_at).toISOString(),
})

const toCredential = ({ id, public_key, counter, transports }: PasskeyRow) => ({
  id,
  publicKey: Buffer.from(public_key, 'base64url'),
  counter,
  transports: JSON.parse(transports) as string[],
})

/** What an authenticator stores as the user, and returns with each signature. */
const handleOf = (userId: string): string => Buffer.from(userId).toString('base64url')

const notValid = () =>
  new Refusal('INVALID', 'This passkey cannot be added. Try again.', { pointer: '/credential' })

const notNew = () => new Refusal('CONFLICT', 'This passkey was added before.', { pointer: '/credential' })

const tooMany = () => new Refusal('CONFLICT', `You have ${PASSKEYS_MAX} passkeys. Remove one first.`)
