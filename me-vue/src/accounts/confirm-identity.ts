import { type AppContext, h, render } from 'vue'
import { addMessages } from '../i18n.ts'
import ConfirmIdentity from './ConfirmIdentity.vue'

await addMessages('confirm-identity', {
  en: () => import('../locales/confirm-identity/en.json'),
  sv: () => import('../locales/confirm-identity/sv.json'),
  nb: () => import('../locales/confirm-identity/nb.json'),
})

let asking: Promise<boolean> | undefined

/**
 * Asks the user in a dialogue to prove who they are; resolves to whether they have. Requests that need it at the same
 * time share one dialogue. `site` is the app's context: its language and account.
 */
export function confirmIdentity(site: AppContext): Promise<boolean> {
  return (asking ??= ask(site).finally(() => (asking = undefined)))
}

function ask(site: AppContext): Promise<boolean> {
  const place = document.body.appendChild(document.createElement('div'))
  return new Promise((resolve) => {
    function done(isProved: boolean): void {
      render(null, place)
      place.remove()
      resolve(isProved)
    }
    const dialog = h(ConfirmIdentity, { onDone: done })
    // Has ids of its own, because it is no descendant of the site's first component, which counts the others.
    dialog.appContext = { ...site, config: { ...site.config, idPrefix: 'confirm' } }
    render(dialog, place)
  })
}
