import { type JWTPayload, SignJWT, jwtVerify } from 'jose'
import type { Clock } from '../clock.ts'
import type { Installation } from '../db/installation.ts'

/**
 * The subject of a token: a signed-in browser or script (`session`), a person with only a nick (`visitor`), or a
 * browser in which a user has signed in before (`device`).
 */
type Claim<Kind extends TokenKind = TokenKind> = {
  kind: Kind
  id: string
  /** Of a visitor's token: signing out everywhere ends all earlier generations. */
  generation: number
}

type TokenKind = 'session' | 'visitor' | 'device'
type Signed = Omit<Claim, 'generation'> & Partial<Pick<Claim, 'generation'>>

const audienceOf = (kind: TokenKind) => `me:${kind}`

type Parts = {
  secrets: string[]
  /** Tokens of one installation are invalid at another, even with the same secret. */
  installation: Installation
  clock: Clock
}

/**
 * Signs and verifies tokens (JWT, HS256). The first secret signs, all secrets verify, so that a secret can be
 * replaced without signing everybody out.
 */
export function createTokens({ secrets, installation, clock }: Parts) {
  const keys = secrets.map((secret) => new TextEncoder().encode(secret))
  const [signingKey] = keys
  if (!signingKey) throw new Error('at least one secret is needed')
  const issuer = `me:${installation.name}`

  /** Tokens from before this installation had a name contain none; they stay valid. */
  const isOurs = ({ iss, iat = Infinity }: JWTPayload) =>
    iss === issuer || (iss === undefined && iat < Math.floor(installation.madeAt / 1_000))

  async function verifyWith<Kind extends TokenKind>(
    key: Uint8Array,
    token: string,
    kinds: Kind[],
  ): Promise<Claim<Kind> | null> {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        audience: kinds.map(audienceOf),
        currentDate: new Date(clock.now()),
        requiredClaims: ['sub'],
      })
      const kind = kinds.find((kind) => payload.aud === audienceOf(kind))
      if (!kind || !payload.sub || !isOurs(payload)) return null
      // Tokens from before there were generations contain none.
      return { kind, id: payload.sub, generation: Number(payload['gen'] ?? 0) }
    } catch {
      return null
    }
  }

  return {
    /** Signs a token. `expiresAt` is in milliseconds since 1970; a visitor's token does not expire. */
    sign({ kind, id, generation }: Signed, expiresAt?: number): Promise<string> {
      const jwt = new SignJWT(generation ? { gen: generation } : {})
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(issuer)
        .setSubject(id)
        .setAudience(audienceOf(kind))
        .setIssuedAt(Math.floor(clock.now() / 1_000))
      if (expiresAt !== undefined) jwt.setExpirationTime(Math.floor(expiresAt / 1_000))
      return jwt.sign(signingKey)
    },

    /** Returns the token's claim, or null if it is forged, expired, of another kind, or no token. */
    async verify<Kind extends TokenKind>(token: string, ...kinds: Kind[]): Promise<Claim<Kind> | null> {
      for (const key of keys) {
        const claim = await verifyWith(key, token, kinds)
        if (claim) return claim
      }
      return null
    },
  }
}

export type Tokens = ReturnType<typeof createTokens>
