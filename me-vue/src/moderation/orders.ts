import type { Moderation, ModerationOverview } from 'me-api/contract'
import { get, request } from '../api/http.ts'

/** The owner's orders about people and messages, over REST: they need no connection to the chat. */
const PATH = '/api/chat/moderation'
const pathOf = (messageId: string) => `/api/chat/messages/${messageId}`

export const readOverview = () => get<ModerationOverview>(PATH)
export const order = (moderation: Moderation) => request<void>('POST', PATH, { body: moderation })
export const forgive = (id: string) => order({ id, action: 'forgive' })
export const dismiss = (messageId: string) => request<void>('DELETE', `${pathOf(messageId)}/report`)
export const remove = (messageId: string) => request<void>('DELETE', pathOf(messageId))

/** The page goes away: what was to be done later is done now, and nobody waits for the answer. */
export const orderAtOnce = (moderation: Moderation) => atOnce('POST', PATH, JSON.stringify(moderation))
export const removeAtOnce = (messageId: string) => atOnce('DELETE', pathOf(messageId))

function atOnce(method: string, path: string, body: string | null = null): void {
  const headers = { 'content-type': 'application/json' }
  void fetch(path, { method, keepalive: true, headers, body }).catch(() => undefined)
}
