import { z } from 'zod'

/** Every error code, and its HTTP status over REST (docs/contract.md §3 and §5). */
export const statusOfCode = {
  INVALID: 400,
  TOO_LONG: 400,
  NICK_REQUIRED: 400,
  NICK_INVALID: 400,
  WEAK: 400,
  UNAUTHENTICATED: 401,
  TOKEN_INVALID: 401,
  FORBIDDEN: 403,
  NO_OWNER: 403,
  MUTED: 403,
  BANNED: 403,
  ROOM_LOCKED: 403,
  LINKS_NOT_YET: 403,
  PROOF_REQUIRED: 403,
  PASSWORD_REQUIRED: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  NICK_TAKEN: 409,
  NICK_RESERVED: 409,
  TOO_LARGE: 413,
  MISDIRECTED: 421,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const

export type ErrorCode = keyof typeof statusOfCode

/** The error of a refused handshake and of a negative acknowledgement; `retryAfter` in seconds. */
export const Failure = z.object({
  code: z.string(),
  message: z.string(),
  retryAfter: z.number().optional().describe('seconds until a retry can succeed'),
  reason: z.string().optional().describe('why the owner has muted or banned the person'),
})
export type Failure = { code: ErrorCode; message: string; retryAfter?: number; reason?: string }

/** The body of every failed REST request. */
export const ErrorBody = z
  .object({
    errors: z.array(
      z.object({
        status: z.int(),
        code: z.string(),
        title: z.string(),
        detail: z.string(),
        source: z.object({ pointer: z.string() }).optional().describe('only for a bad field'),
        reason: z.string().optional().describe('why the owner has muted or banned the person'),
        version: z.int().optional().describe('only for a stale version: the current one'),
      }),
    ),
  })
  .meta({ id: 'Errors' })
export type ErrorBody = z.infer<typeof ErrorBody>
