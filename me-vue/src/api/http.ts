import type { ErrorBody, ErrorCode } from 'me-api/contract'
import { learnServerTime } from '../platform/server-clock.ts'

/** A server that has said nothing for this long, in milliseconds, is taken for unreachable. */
const patience = 15_000

/** What is wrong with each field, by JSON pointer: `{'/email': {code: 'INVALID', detail: …}}`. */
type Fields = Record<string, { code: string; detail: string }>

/**
 * Every way a request can fail. `OFFLINE`: no answer came at all. `CANCELLED`: it needs a proof of who the user is, and
 * the user has given none.
 */
export class ApiError extends Error {
  readonly status: number
  readonly code: ErrorCode | 'OFFLINE' | 'CANCELLED'
  readonly fields: Fields
  /** Seconds to wait before trying again. */
  readonly retryAfter: number | undefined

  constructor(
    status: number,
    code: ApiError['code'],
    detail: string,
    fields: Fields = {},
    retryAfter?: number,
  ) {
    super(detail)
    this.status = status
    this.code = code
    this.fields = fields
    this.retryAfter = retryAfter
  }
}

type Options = { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal | undefined }

/**
 * Asks the API and unwraps `{data}`; `undefined` where the answer has no body. A request that needs a proof of who the
 * user is asks the user for it and is sent once more.
 * Throws ApiError, or the signal's own reason when the caller aborted.
 */
export async function request<T>(method: string, path: string, options: Options = {}): Promise<T> {
  try {
    return await send<T>(method, path, options)
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'PASSWORD_REQUIRED')) throw error
    const isProved = await askProof().catch(() => {
      throw error
    })
    if (!isProved) throw new ApiError(0, 'CANCELLED', '')
    return send<T>(method, path, options)
  }
}

async function send<T>(method: string, path: string, options: Options): Promise<T> {
  const { body, headers, signal } = options
  const answer = await reach(path, {
    method,
    headers: body === undefined ? { ...headers } : { 'content-type': 'application/json', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.any([AbortSignal.timeout(patience), ...(signal ? [signal] : [])]),
  }).catch((reason: unknown) => {
    throw signal?.aborted ? signal.reason : reason
  })
  if (answer.status === 401) signedOut()
  if (!answer.ok) throw failureOf(answer)
  return (answer.json as { data?: unknown } | undefined)?.data as T
}

export const get = <T>(path: string, signal?: AbortSignal) => request<T>('GET', path, { signal })

/** Called where a request was refused because nobody is signed in, or no longer. */
let signedOut = () => {}
export const onSignedOut = (call: () => void) => void (signedOut = call)

/** Called where a request needs a proof of who the user is; resolves to whether the user has given it. */
let askProof = () => Promise.resolve(false)
export const onProofRequired = (call: () => Promise<boolean>) => void (askProof = call)

/** Called where no answer came for what a page shows; resolves to whether it is shown as it was kept instead. */
let showKept = () => Promise.resolve(false)
export const onNoAnswer = (call: () => Promise<boolean>) => void (showKept = call)

/** Returns the failure of reading what a page shows: none where the page is shown as it was kept. */
export async function unlessKept(error: unknown): Promise<ApiError | undefined> {
  const failure = error as ApiError
  return /OFFLINE|UNAVAILABLE/.test(failure.code) && (await showKept()) ? undefined : failure
}

/** Returns the failure to show: none where the user has cancelled. Throws what is no failure of a request. */
export function toShow(error: unknown): ApiError | undefined {
  if (!(error instanceof ApiError)) throw error
  return error.code === 'CANCELLED' ? undefined : error
}

type Answer = { ok: boolean; status: number; retryAfter: string | null; json: unknown }

async function reach(path: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(path, init)
    const { ok, status, headers } = response
    learnServerTime(headers.get('date'))
    const text = await response.text()
    // What is no JSON where the API says yes is somebody else's, such as a network's page to sign in on.
    const json = ok ? text && JSON.parse(text) : parsed(text)
    return { ok, status, retryAfter: headers.get('retry-after'), json }
  } catch (cause) {
    throw new ApiError(0, 'OFFLINE', String(cause))
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The failure that an answer of the API tells of. */
export function failureOf({ status, json, retryAfter }: Omit<Answer, 'ok'>): ApiError {
  const errors = (json as Partial<ErrorBody> | undefined)?.errors ?? []
  const first = errors[0]
  const fields = Object.fromEntries(
    errors.flatMap(({ source, code, detail }) => (source ? [[source.pointer, { code, detail }]] : [])),
  )
  // A proxy in front that cannot reach the API answers in its own shape.
  const code = (first?.code ?? (status >= 502 ? 'UNAVAILABLE' : 'INTERNAL')) as ErrorCode
  return new ApiError(status, code, first?.detail ?? '', fields, Number(retryAfter) || undefined)
}
