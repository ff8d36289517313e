import { statusOfCode } from '../src/contract/index.ts'
import type { Case } from './grammar.ts'
import type { Callers } from './callers.ts'

/** Milliseconds after which a request counts as unanswered. */
const ANSWER_TIMEOUT = 120_000

/** Sends a request, and returns how it was answered. @throws {Error} if the answer breaks the contract */
export async function askRest(callers: Callers, one: Case & { kind: 'rest' }): Promise<string> {
  const { method, path, query, body } = one
  const headers: Record<string, string> = {
    ...callers.headers(one.as),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  const answer = await ask(`${callers.url}${callers.fill(path)}?${query}`, {
    method: method.toUpperCase(),
    headers,
    body: body === undefined ? null : callers.fill(body),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT),
  })
  if (answer === null) return 'cut off'
  // A stream never ends by itself.
  if (answer.headers.get('content-type')?.startsWith('text/event-stream')) {
    await answer.body?.cancel()
    return 'a stream'
  }
  const text = await answer.text()
  if (answer.status >= 500) throw new Error(`answered ${answer.status}: ${text}`)
  if (answer.status < 400) return 'done'
  if (!isRefusal(text, answer.status)) throw new Error(`the refusal breaks the contract: ${text}`)
  return String(answer.status)
}

/** Returns the answer, or null if the connection was closed, as happens to a kept-alive one and after a long body. */
async function ask(url: string, request: RequestInit): Promise<Response | null> {
  return fetch(url, request).catch((error: Error) => {
    if (error.name === 'TimeoutError') throw error
    return null
  })
}

/** Whether the answer has the contract's error shape, with a code that matches the status. */
function isRefusal(text: string, status: number): boolean {
  try {
    const { errors } = JSON.parse(text) as { errors: { status: number; code: keyof typeof statusOfCode }[] }
    return errors.every((one) => one.status === status && statusOfCode[one.code] === status)
  } catch {
    return false
  }
}
