import type { BrowserContext, Page } from '@playwright/test'

/** What `PushSubscription.toJSON()` gives. */
type Subscription = { endpoint: string; keys: { p256dh: string; auth: string } }

/** Gives a browser's pages this subscription when they subscribe: no vendor's push service is reached. */
export async function fakeSubscriptions(context: BrowserContext, subscription: Subscription): Promise<void> {
  await context.grantPermissions(['notifications'])
  await context.addInitScript((json) => {
    if (!isSecureContext) return
    const asked = { permission: 0 }
    Object.assign(window, { asked })
    const ask = Notification.requestPermission.bind(Notification)
    Notification.requestPermission = () => {
      asked.permission++
      return ask()
    }
    const KEY = 'test.subscribed'
    const subscription = {
      ...json,
      toJSON: () => json,
      unsubscribe: async () => (localStorage.removeItem(KEY), true),
    }
    PushManager.prototype.subscribe = async () => {
      localStorage.setItem(KEY, '1')
      return subscription as never
    }
    PushManager.prototype.getSubscription = async () =>
      (localStorage.getItem(KEY) ? subscription : null) as never
  }, subscription)
}

type ServiceWorkerGlobal = {
  registration: ServiceWorkerRegistration
  clients: { openWindow: (address: string) => Promise<null> }
  NotificationEvent: new (type: string, init: object) => Event
  dispatchEvent: (event: Event) => boolean
}

/**
 * What happens outside of a browser's pages: pushes come, over the DevTools protocol, and notifications are shown and
 * pressed. It lasts as long as this page, which can be any of the browser's; the site's service worker has to be there.
 */
export async function outsideOf(page: Page) {
  const context = page.context()
  const worker = () => context.serviceWorkers()[0]!
  const session = await context.newCDPSession(page)
  const registered = new Promise<{ registrationId: string; scopeURL: string }>((resolve) =>
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [registration] }) => {
      if (registration) resolve(registration)
    }),
  )
  await session.send('ServiceWorker.enable')
  const { registrationId, scopeURL } = await registered
  const { origin } = new URL(scopeURL)

  return {
    deliver: (data: string) =>
      session.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data }),

    shown: () =>
      worker().evaluate(async () => {
        const { registration } = self as unknown as ServiceWorkerGlobal
        return (await registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }))
      }),

    /** Presses a notification, or its button with what was typed there. */
    press: (how: { action?: string; reply?: string } = {}) =>
      worker().evaluate(async (how) => {
        const scope = self as unknown as ServiceWorkerGlobal
        const [notification] = await scope.registration.getNotifications()
        scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification, ...how }))
      }, how),

    /** Presses a notification while no tab is open, and opens the one that it wants: only a hand may have it opened. */
    async pressToOpen(): Promise<Page> {
      const address = await worker().evaluate(
        () =>
          new Promise<string>((resolve) => {
            const scope = self as unknown as ServiceWorkerGlobal
            scope.clients.openWindow = async (address) => (resolve(address), null)
            void scope.registration.getNotifications().then(([notification]) => {
              scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }))
            })
          }),
      )
      const opened = await context.newPage()
      await opened.goto(origin + address)
      return opened
    },
  }
}

export type Outside = Awaited<ReturnType<typeof outsideOf>>
