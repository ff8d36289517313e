import type { z } from 'zod'
import type { ErrorCode, Failure } from './contract/index.ts'

type Problem = { code: ErrorCode; detail: string; pointer?: string }

type Where = {
  pointer?: string
  retryAfter?: number
  reason?: string | null
  limit?: string
  status?: number
  version?: number
}

/**
 * The one type of expected errors: a request that the server understands and refuses. Every transport turns a refusal
 * into its own form (HTTP status, acknowledgement, refused handshake). Any other error is a fault of the server.
 */
export class Refusal extends Error {
  readonly problems: [Problem, ...Problem[]]
  /** Seconds until the client may try again. */
  readonly retryAfter: number | undefined
  /** The owner's reason, in the owner's words. */
  readonly reason: string | null
  /** The limit that refuses, for the log: the name of its setting, or words for one that has none. */
  readonly limit: string | undefined
  /** The HTTP status, where it is not that of the code. */
  readonly status: number | undefined
  /** With CONFLICT: the current version of what was to be replaced. */
  readonly version: number | undefined

  constructor(
    code: ErrorCode,
    detail: string,
    { pointer, retryAfter, reason = null, limit, status, version }: Where = {},
  ) {
    super(detail)
    this.problems = [{ code, detail, ...(pointer && { pointer }) }]
    this.retryAfter = retryAfter
    this.reason = reason
    this.limit = limit
    this.status = status
    this.version = version
  }

  /** Creates a refusal with one problem for each invalid field; pointers are JSON Pointers (RFC 6901). */
  static ofFields(error: z.ZodError): Refusal {
    const problems = error.issues.map(problemOf)
    const [first] = problems
    const refusal = new Refusal(first?.code ?? 'INVALID', first?.detail ?? 'The input is not valid.')
    refusal.problems.splice(0, 1, ...problems)
    return refusal
  }

  get code(): ErrorCode {
    return this.problems[0].code
  }

  toFailure(): Failure {
    const { code, message, retryAfter, reason } = this
    return { code, message, ...(retryAfter !== undefined && { retryAfter }), ...(reason && { reason }) }
  }
}

/** Creates a RATE_LIMITED refusal for `wait` milliseconds; `retryAfter` is in whole seconds, at least one. */
export function rateLimited(detail: string, wait: number, limit?: string): Refusal {
  return new Refusal('RATE_LIMITED', detail, { retryAfter: Math.max(1, Math.ceil(wait / 1_000)), limit })
}

function problemOf(issue: z.core.$ZodIssue): Problem {
  const pointer = issue.path
    .map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
  const field = issue.path.join('.')
  return {
    code: codeOf(issue),
    detail: field ? `${field}: ${issue.message}` : issue.message,
    ...(pointer && { pointer }),
  }
}

/** A schema's own check names its code in `params`. */
function codeOf(issue: z.core.$ZodIssue): ErrorCode {
  if (issue.code === 'custom') return (issue.params?.['code'] as ErrorCode | undefined) ?? 'INVALID'
  return issue.code === 'too_big' && issue.origin === 'string' ? 'TOO_LONG' : 'INVALID'
}

/** Parses external input, or refuses it field by field. */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input)
  if (!result.success) throw Refusal.ofFields(result.error)
  return result.data
}

/** Ends a command or a start with lines for the user instead of a stack trace. */
export class Stop extends Error {
  readonly lines: string[]
  constructor(...lines: string[]) {
    super(lines.join('\n'))
    this.lines = lines
  }
}
