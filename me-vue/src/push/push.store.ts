import type { PushKey } from 'me-api/contract'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { useAccount } from '../accounts/account.store.ts'
import { get, request } from '../api/http.ts'
import { TOKEN, visitorHeaders } from '../api/visitor-token.ts'
import { preferredLanguage } from '../i18n.ts'
import { browserStorage } from '../platform/browser-storage.ts'
import { PUSH_FOR } from './push-for.ts'
import { forgetPushIdentity, keepPushIdentity } from '../worker/push-identity.ts'

/** Whether this browser is told while the site is closed (web push). */
export const usePush = defineStore('push', () => {
  const account = useAccount()
  /** Whether the browser and the site can; null until known. */
  const able = ref<boolean | null>(null)
  const on = ref(false)
  const denied = ref(false)
  let publicKey = ''

  /** Finds out how things stand for a person. */
  async function look(personId: string): Promise<void> {
    const registration = await worker()
    publicKey ||= registration ? ((await key()) ?? '') : ''
    able.value = registration !== undefined && publicKey !== ''
    if (!registration || !able.value) return
    denied.value = Notification.permission === 'denied'
    const subscription = await registration.pushManager.getSubscription()
    on.value = subscription !== null && browserStorage.getItem(PUSH_FOR) === personId
  }

  /** Asks for permission, so it is called after a click only. Throws where the browser or the server refuses. */
  async function turnOn(personId: string): Promise<void> {
    denied.value = (await Notification.requestPermission()) !== 'granted'
    const registration = await worker()
    if (denied.value || !registration) return
    const subscription = await subscribe(registration.pushManager)
    const language = preferredLanguage()
    await request('POST', '/api/me/push', { body: { subscription, language }, headers: headers() })
    await keepPushIdentity({ token: account.user ? null : browserStorage.getItem(TOKEN), language })
    browserStorage.setItem(PUSH_FOR, personId)
    on.value = true
  }

  /** A subscription with another key, of another installation, is of no use here. */
  async function subscribe(manager: PushManager): Promise<PushSubscription> {
    const options = { userVisibleOnly: true, applicationServerKey: publicKey }
    try {
      return await manager.subscribe(options)
    } catch (error) {
      const held = await manager.getSubscription()
      if (!held) throw error
      await held.unsubscribe()
      return manager.subscribe(options)
    }
  }

  async function turnOff(): Promise<void> {
    const subscription = await (await worker())?.pushManager.getSubscription()
    browserStorage.removeItem(PUSH_FOR)
    on.value = false
    await forgetPushIdentity()
    if (!subscription) return
    await subscription.unsubscribe()
    const body = { endpoint: subscription.endpoint }
    await request('DELETE', '/api/me/push', { body, headers: headers() })
  }

  const test = () => request('POST', '/api/me/push/test', { headers: headers() })

  /** An account is known by its cookie; a visitor's token from before would be another person. */
  const headers = () => (account.user ? {} : visitorHeaders())

  return { able, on, denied, look, turnOn, turnOff, test }
})

/** The site's service worker, which is not there yet when somebody comes for the first time. */
async function worker(): Promise<ServiceWorkerRegistration | undefined> {
  const canPush = 'PushManager' in window && 'Notification' in window && 'serviceWorker' in navigator
  return canPush && isSecureContext ? navigator.serviceWorker.ready : undefined
}

/** The site's key; none where it sends no pushes. */
const key = async (): Promise<string | undefined> =>
  (await get<PushKey>('/api/push/key').catch(() => undefined))?.publicKey
