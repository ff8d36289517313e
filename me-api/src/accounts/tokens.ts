import { type JWTPayload, SignJWT, jwtVerify } from 'jose'
import type { Clock } from '../clock.ts'
import type { Installation } from '../db/installation.ts'

/**
 * Whose token it is: a signed-in browser or script (`session`), somebody with only a nick (`visitor`), or a browser in
 * which somebody has signed in before (`device`).
 */
export type Claim<Kind extends TokenKind = TokenKind> = { kind: Kind; id: string }

export type TokenKind = 'session' | 'visitor' | 'device'

const audienceOf = (kind: TokenKind) => `me:${kind}`

type Parts = {
  secrets: string[]
  /** Its tokens are worth nothing to another one, even of the same secret. */
  installation: Installation
  clock: Clock
}

/**
 * Signs and verifies tokens (JWT, HS256). The first secret signs, all verify, so that a secret can be replaced
 * without signing everybody out.
 */
export function createTokens({ secrets, installation, clock }: Parts) {
  const keys = secrets.map((secret) => new TextEncoder().encode(secret))
  const [signingKey] = keys
  if (!signingKey) throw new Error('at least one secret is needed')
  const issuer = `me:${installation.name}`

  /** Tokens from before this installation had a name tell none; they go on. */
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
      return kind && payload.sub && isOurs(payload) ? { kind, id: payload.sub } : null
    } catch {
      return null
    }
  }

  return {
    /** `expiresAt` in milliseconds since 1970; a visitor's token does not expire. */
    sign({ kind, id }: Claim, expiresAt?: number): Promise<string> {
      const jwt = new SignJWT()
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(issuer)
        .setSubject(id)
        .setAudience(audienceOf(kind))
        .setIssuedAt(Math.floor(clock.now() / 1_000))
      if (expiresAt !== undefined) jwt.setExpirationTime(Math.floor(expiresAt / 1_000))
      return jwt.sign(signingKey)
    },

    /** The token's claim, or null where it is forged, expired, of no such kind, or not a token at all. */
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
