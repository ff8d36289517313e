import type { Moderation, ModerationOverview } from 'me-api/contract'
import { get, request } from '../api/http.ts'

/** The owner's orders about people and messages, over REST: they need no connection to the chat. */
const PATH = '/api/chat/moderation'

export const readOverview = () => get<ModerationOverview>(PATH)
export const order = (moderation: Moderation) => request<void>('POST', PATH, { body: moderation })
export const forgive = (id: string) => order({ id, action: 'forgive' })
export const dismiss = (messageId: string) =>
  request<void>('DELETE', `/api/chat/messages/${messageId}/report`)

/** The page goes away: what was to be done later is done now, and nobody waits for the answer. */
export const orderAtOnce = (moderation: Moderation) =>
  void fetch(PATH, {
    method: 'POST',
    keepalive: true,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(moderation),
  }).catch(() => undefined)
