import type { Moderation, ModerationOverview } from 'me-api/contract'
import { get, request } from '../../api/http.ts'

/** The owner's orders about people and messages, over REST: they need no connection to the chat. */
const PATH = '/api/chat/moderation'
const pathOf = (messageId: string) => `/api/chat/messages/${messageId}`

export const readOverview = () => get<ModerationOverview>(PATH)
export const order = (moderation: Moderation) => request<void>('POST', PATH, { body: moderation })
/** Asks for the proof that erasing needs, if the last one is too old. */
export const mayErase = () => get<void>('/api/me/confirm')
export const forgive = (id: string) => order({ id, action: 'forgive' })
export const dismiss = (messageId: string) => request<void>('DELETE', `${pathOf(messageId)}/report`)
export const remove = (messageId: string) => request<void>('DELETE', pathOf(messageId))
export const restore = (messageId: string) => request<void>('POST', `${pathOf(messageId)}/restore`)

/** The page is closing: a delayed erasure is sent now, and its answer is not awaited. */
export function orderAtOnce(moderation: Moderation): void {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify(moderation)
  void fetch(PATH, { method: 'POST', keepalive: true, headers, body }).catch(() => undefined)
}
