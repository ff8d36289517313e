import { SignJWT, jwtVerify } from 'jose'
import type { Clock } from '../clock.ts'

/** Whose token it is: a signed-in browser or script (`session`), or somebody with only a nick (`visitor`). */
export type Claim = { kind: 'session' | 'visitor'; id: string }

const audienceOf = { session: 'me:session', visitor: 'me:visitor' }

/**
 * Signs and verifies tokens (JWT, HS256). The first secret signs, all verify, so that a secret can be replaced
 * without signing everybody out.
 */
export function createTokens({ secrets, clock }: { secrets: string[]; clock: Clock }) {
  const keys = secrets.map((secret) => new TextEncoder().encode(secret))
  const [signingKey] = keys
  if (!signingKey) throw new Error('at least one secret is needed')

  return {
    /** `expiresAt` in milliseconds since 1970; a visitor's token does not expire. */
    sign({ kind, id }: Claim, expiresAt?: number): Promise<string> {
      const jwt = new SignJWT()
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(id)
        .setAudience(audienceOf[kind])
        .setIssuedAt(Math.floor(clock.now() / 1_000))
      if (expiresAt !== undefined) jwt.setExpirationTime(Math.floor(expiresAt / 1_000))
      return jwt.sign(signingKey)
    },

    /** The token's claim, or null where it is forged, expired or not a token at all. */
    async verify(token: string): Promise<Claim | null> {
      for (const key of keys) {
        const claim = await verifyWith(key, token, clock)
        if (claim) return claim
      }
      return null
    },
  }
}

export type Tokens = ReturnType<typeof createTokens>

async function verifyWith(key: Uint8Array, token: string, clock: Clock): Promise<Claim | null> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      currentDate: new Date(clock.now()),
      requiredClaims: ['sub', 'aud'],
    })
    const kind =
      payload.aud === audienceOf.session ? 'session' : payload.aud === audienceOf.visitor ? 'visitor' : null
    return kind && payload.sub ? { kind, id: payload.sub } : null
  } catch {
    return null
  }
}
