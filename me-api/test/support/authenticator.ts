import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { type CBORType, encodeCBOR } from '@levischuck/tiny-cbor'
import { manualClock } from './manual-clock.ts'
import { api, bearer, memberToken } from './rest.ts'
import { type TestApp, startApp } from './start-app.ts'

type CreationOptions = { challenge: string; rp: { id: string }; user: { id: string } }
type RequestOptions = { challenge: string; rpId: string }

/** What an authenticator or a browser does otherwise than it should. */
export type Deviation = {
  origin?: string
  rpId?: string
  type?: string
  counter?: number
  flags?: number
  challenge?: string
  userHandle?: string | undefined
}

/** Flags of the authenticator's data: present, verified, has attested data (WebAuthn §6.1). */
const [PRESENT, VERIFIED, ATTESTED] = [0x01, 0x04, 0x40]
export const ONLY_PRESENT = PRESENT

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest()
const base64url = (data: string | Uint8Array): string => Buffer.from(data).toString('base64url')

/** A browser with an authenticator in software that has one passkey (ES256). It has verified its user each time. */
export function createAuthenticator(origin: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(16)
  let counter = 0
  let userHandle: string | undefined

  function dataOf(rpId: string, flags: number, count: number, attested = Buffer.alloc(0)): Buffer {
    const head = Buffer.alloc(5)
    head.writeUInt8(flags)
    head.writeUInt32BE(count, 1)
    return Buffer.concat([sha256(rpId), head, attested])
  }

  /** What the browser says of the page. */
  function clientData(type: string, challenge: string, otherwise: Deviation): Buffer {
    const data = {
      type: otherwise.type ?? type,
      challenge: otherwise.challenge ?? challenge,
      origin: otherwise.origin ?? origin,
    }
    return Buffer.from(JSON.stringify({ ...data, crossOrigin: false }))
  }

  /** The browser's answer, as `toJSON()` of a credential makes it. */
  const credential = <Response>(response: Response) => ({
    id: base64url(id),
    rawId: base64url(id),
    type: 'public-key',
    clientExtensionResults: {},
    response,
  })

  /** The public key in COSE (RFC 9053 §7.1). */
  function coseKey(): Uint8Array {
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
    const pairs: [number, CBORType][] = [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ]
    return encodeCBOR(new Map(pairs))
  }

  return {
    id: base64url(id),

    /** Creates the passkey, as `navigator.credentials.create()` does. */
    create({ challenge, rp, user }: CreationOptions, otherwise: Deviation = {}) {
      userHandle = user.id
      const length = Buffer.alloc(2)
      length.writeUInt16BE(id.length)
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseKey()])
      const flags = (otherwise.flags ?? PRESENT | VERIFIED) | ATTESTED
      const data = dataOf(otherwise.rpId ?? rp.id, flags, counter, attested)
      const attestation = new Map<string, CBORType>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', new Uint8Array(data)],
      ])
      return credential({
        clientDataJSON: base64url(clientData('webauthn.create', challenge, otherwise)),
        attestationObject: base64url(encodeCBOR(attestation)),
        transports: ['internal'],
      })
    },

    /** Signs, as `navigator.credentials.get()` does. */
    sign({ challenge, rpId }: RequestOptions, otherwise: Deviation = {}) {
      counter = otherwise.counter ?? counter + 1
      const data = dataOf(otherwise.rpId ?? rpId, otherwise.flags ?? PRESENT | VERIFIED, counter)
      const client = clientData('webauthn.get', challenge, otherwise)
      return credential({
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(sign('sha256', Buffer.concat([data, sha256(client)]), privateKey)),
        userHandle: 'userHandle' in otherwise ? otherwise.userHandle : userHandle,
      })
    },
  }
}

type Authenticator = ReturnType<typeof createAuthenticator>

/** Requests about passkeys to a site at this address; browsers offer none at the IP address of the tests. */
export function passkeysAt(app: TestApp, origin = `http://localhost:${new URL(app.url).port}`) {
  const { host } = new URL(origin)
  const post = (path: string, body?: object) => api(app).post(`/api${path}`).set('host', host).send(body)
  const optionsOf = async <T>(path: string, token = ''): Promise<T> => {
    const asked = post(path)
    if (token) asked.set(bearer(token))
    const { body } = await asked.expect(200)
    return (body as { data: T }).data
  }
  const creationOptions = (token: string) => optionsOf<CreationOptions>('/me/passkeys/options', token)
  const requestOptions = () => optionsOf<RequestOptions>('/login/passkey/options')

  /** What a new authenticator creates for this user. */
  const created = async (token: string, otherwise?: Deviation) =>
    createAuthenticator(origin).create(await creationOptions(token), otherwise)

  /** Adds what an authenticator has created. */
  const add = (token: string, credential: object, name = 'My phone') =>
    post('/me/passkeys', { name, credential }).set(bearer(token))

  return {
    origin,
    post,
    creationOptions,
    requestOptions,
    created,
    add,

    /** What the authenticator signs when the site asks for a passkey. */
    signed: async (authenticator: Authenticator, otherwise?: Deviation) =>
      authenticator.sign(await requestOptions(), otherwise),

    signIn: (credential: object) => post('/login/passkey', { credential }),
    remove: (token: string, id: string) =>
      api(app).delete(`/api/me/passkeys/${id}`).set('host', host).set(bearer(token)),

    async list(token: string): Promise<{ id: string; name: string; lastUsedAt: string | null }[]> {
      const { body } = await api(app).get('/api/me/passkeys').set('host', host).set(bearer(token)).expect(200)
      return (body as { data: [] }).data
    },

    /** An authenticator with a passkey of this user. */
    async withPasskey(token: string, name?: string): Promise<Authenticator> {
      const authenticator = createAuthenticator(origin)
      await add(token, authenticator.create(await creationOptions(token)), name).expect(201)
      return authenticator
    },
  }
}

/** A member who has a passkey. */
export async function memberWithPasskey(settings: Record<string, string> = {}) {
  const clock = manualClock()
  const app = await startApp({ clock, settings })
  const token = await memberToken(app)
  const passkeys = passkeysAt(app)
  const authenticator = await passkeys.withPasskey(token)
  const signIn = async (otherwise?: Deviation) =>
    passkeys.signIn(await passkeys.signed(authenticator, otherwise))
  return { app, clock, token, passkeys, authenticator, signIn }
}
