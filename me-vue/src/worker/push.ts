import type { PushedMessage, PushPayload } from 'me-api/contract'
import type { GoTo } from './go-to.ts'
import { headersOf, pushIdentity } from './push-identity.ts'

declare const self: ServiceWorkerGlobalScope

/** What a notification of a push keeps: the address of what it is about, and the message that it can answer. */
type Kept = { navigate: string; message: PushedMessage | null }
/** Browsers know more of notifications than TypeScript does. */
type Options = NotificationOptions & { renotify?: boolean; timestamp?: number; actions?: object[] }
type Click = NotificationEvent & { reply?: string | null }

/** Shows what came. Browsers withdraw the permission from a site that shows nothing. */
export async function showPush(event: PushEvent): Promise<void> {
  const payload = read(event.data)
  if (!payload)
    return self.registration.showNotification(location.host, { tag: 'me.push', icon: '/house.png' })
  const { title, navigate, data: message, ...shown } = payload.notification
  const options: Options = {
    ...shown,
    icon: '/house.png',
    data: { navigate, message } satisfies Kept,
    // Where a browser cannot take a text there, the button opens the composer.
    ...(message && {
      actions: [{ action: 'answer', type: 'text', title: message.answer, placeholder: message.send }],
    }),
  }
  await self.registration.showNotification(title, options)
}

function read(data: PushMessageData | null): PushPayload | undefined {
  try {
    const payload = data?.json() as PushPayload
    return payload.web_push === 8030 && payload.notification.title ? payload : undefined
  } catch {
    return undefined
  }
}

/** Opens what a notification is about, or sends the answer that was typed into it. False if it is no push's. */
export function pressPush(event: NotificationEvent): Promise<void> | false {
  const { notification, action, reply } = event as Click
  const { navigate, message } = (notification.data ?? {}) as Partial<Kept>
  if (!navigate) return false
  if (action !== 'answer' || !message) return open(navigate)
  return reply?.trim() ? answer(reply, message, navigate) : open(`${navigate}?answer=${message.id}`)
}

/** Focuses a tab of the room, or else of the chat, and has it show the address; without one it opens a tab. */
async function open(address: string): Promise<void> {
  const { pathname, search } = new URL(address, location.origin)
  const room = pathname.split('/').slice(0, 3).join('/')
  const tabs = await self.clients.matchAll({ type: 'window' })
  const at = (path: string) => tabs.find(({ url }) => `${new URL(url).pathname}/`.startsWith(`${path}/`))
  const tab = at(room) ?? (room.startsWith('/chat/') ? at('/chat') : undefined)
  if (!tab) return void (await self.clients.openWindow(pathname + search))
  // A browser may refuse the focus; the tab is right all the same.
  await tab.focus().catch(() => undefined)
  tab.postMessage({ goTo: pathname + search } satisfies GoTo)
}

/** Sends an answer; where that fails, what was typed stands in a notification that leads to the composer. */
async function answer(text: string, { room, id, failed }: PushedMessage, navigate: string): Promise<void> {
  const body = JSON.stringify({ id: crypto.randomUUID(), text, replyTo: id })
  const headers = headersOf(await pushIdentity().catch(() => undefined))
  const sent = await fetch(`/api/chat/rooms/${room}/messages`, { method: 'POST', headers, body }).catch(
    () => undefined,
  )
  if (sent?.ok) return
  const data: Kept = { navigate: `${navigate}?answer=${id}`, message: null }
  await self.registration.showNotification(failed, {
    body: text,
    tag: 'me.push.failed',
    icon: '/house.png',
    data,
  })
}

/** The push service has given the browser another address, or asks it to ask for one. */
export async function subscribeAnew(event: Event): Promise<void> {
  const { newSubscription, oldSubscription } = event as Event & {
    newSubscription?: PushSubscription | null
    oldSubscription?: PushSubscription | null
  }
  const options = oldSubscription?.options
  const { pushManager } = self.registration
  const subscription = newSubscription ?? (options && (await pushManager.subscribe(options)))
  if (!subscription) return
  const identity = await pushIdentity()
  const body = JSON.stringify({ subscription, language: identity?.language ?? 'en' })
  await fetch('/api/me/push', { method: 'POST', headers: headersOf(identity), body })
}
