import type { PageData, RenderedPage } from 'me-api/contract'
import { isolated } from 'me-api/contract/direction'
import { createMemoryHistory, type RouteParamsGeneric } from 'vue-router'
import { renderToString } from 'vue/server-renderer'
import { createSite } from './create-site.ts'
import { loadControlMessages } from './chat/control-messages.ts'
import { givePage } from './give-page.ts'
import { addMessages, type Language, loadAllLanguages, loadMessages } from './i18n.ts'

await loadAllLanguages()
await Promise.all([loadMessages('chat'), loadControlMessages()])
await addMessages('head', {
  en: () => import('./locales/head/en.json'),
  sv: () => import('./locales/head/sv.json'),
  nb: () => import('./locales/head/nb.json'),
})

await addMessages('document', {
  en: () => import('./locales/document/en.json'),
  sv: () => import('./locales/document/sv.json'),
  nb: () => import('./locales/document/nb.json'),
})

/** Returns all that the page of a route shows. */
type Read = (name: string, params: RouteParamsGeneric) => Promise<PageData>

/**
 * Renders the page at an address (path, and query where the page reads it) as a reader sees it who is not signed in.
 * What it shows is read from `read` alone: nothing is fetched.
 */
export async function renderPage(address: string, language: Language, read: Read): Promise<RenderedPage> {
  let title = ''
  const history = createMemoryHistory()
  const { app, pinia, i18n, router } = createSite({ language, history, showTitle: (now) => (title = now) })
  const { t } = i18n
  const { name: routeName, params, meta } = router.resolve(address)
  const name = String(routeName)
  const { path } = router.resolve({ name, params })
  const data = await read(name, params)
  const owner = data.presentation.name
  const description = descriptions[name] && t(descriptions[name], { name: owner })
  givePage(data, pinia)
  await router.push(address)
  // The chat's database may be away: its page tells, and goes on when it is back.
  const html = meta.full && !data.chat ? undefined : await renderToString(app)
  const withoutScript = t('site.withoutScript')
  return { name, path, data, title: title || isolated(owner), description, html, withoutScript }
}

/** The words of a route's description. */
const descriptions: Record<string, string> = {
  reports: 'head.reports',
  privacy: 'head.privacy',
  transports: 'head.transports',
  'sign-in': 'head.signIn',
  register: 'head.register',
  'reset-password': 'head.resetPassword',
  'forgot-password': 'head.forgotPassword',
  account: 'head.account',
  moderation: 'head.moderation',
  members: 'head.members',
  integrations: 'head.integrations',
  chat: 'head.chat',
  room: 'head.chat',
  message: 'head.chat',
}
