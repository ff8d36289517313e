import type { Pinia } from 'pinia'
import { nextTick } from 'vue'
import { createRouter, type RouteLocationNormalized, type Router, type RouterHistory } from 'vue-router'
import { loadChatPage } from './chat/load-chat-page.ts'
import HomePage from './presentation/HomePage.vue'
import { usePageData } from './page-data.store.ts'
import { useLostPage } from './site/lost-page.store.ts'

declare module 'vue-router' {
  interface RouteMeta {
    /** The page fills the window below the header and scrolls by itself: no footer. */
    full?: boolean
  }
}

const reportPage = () => import('./reports/ReportPage.vue')
const reportEditor = () => import('./reports/ReportEditorPage.vue')

const loadMailPages = () => import('./mail/load-mail-pages.ts')

export function createSiteRouter(history: RouterHistory, pinia: Pinia): Router {
  const router = createRouter({
    history,
    routes: [
      // Strictly, or `//` would be home too: as `/` with a slash at the end.
      { path: '/', name: 'home', component: HomePage, strict: true },
      { path: '/reports', name: 'reports', component: () => import('./reports/ReportsPage.vue') },
      { path: '/reports/new', name: 'new-report', component: reportEditor },
      { path: '/reports/week/:week', name: 'report', component: reportPage },
      { path: '/reports/week/:week/edit', name: 'edit-report', component: reportEditor },
      { path: '/edit', name: 'edit', component: () => import('./presentation/PresentationEditorPage.vue') },
      { path: '/sign-in', name: 'sign-in', component: () => import('./accounts/SignInPage.vue') },
      { path: '/register', name: 'register', component: () => import('./accounts/RegisterPage.vue') },
      {
        path: '/reset-password',
        name: 'reset-password',
        component: () => import('./accounts/ResetPasswordPage.vue'),
      },
      {
        path: '/forgot-password',
        name: 'forgot-password',
        component: () => import('./accounts/ForgotPasswordPage.vue'),
      },
      {
        path: '/answer/:token',
        name: 'answer',
        component: () => loadMailPages().then(({ AnswerPage }) => AnswerPage),
      },
      {
        path: '/unsubscribe/:token',
        name: 'unsubscribe',
        component: () => loadMailPages().then(({ MailsOffPage }) => MailsOffPage),
      },
      { path: '/account', name: 'account', component: () => import('./site/account-page.ts') },
      { path: '/moderation', name: 'moderation', component: () => import('./moderation/ModerationPage.vue') },
      { path: '/members', name: 'members', component: () => import('./members/load-members-page.ts') },
      {
        path: '/integrations',
        name: 'integrations',
        component: () => import('./integrations/load-integrations-page.ts'),
      },
      { path: '/privacy', name: 'privacy', component: () => import('./privacy/load-privacy-page.ts') },
      {
        path: '/transports',
        name: 'transports',
        component: () => import('./lesson/load-transports-page.ts'),
      },
      { path: '/chat', name: 'chat', component: loadChatPage, meta: { full: true } },
      { path: '/chat/:room', name: 'room', component: loadChatPage, meta: { full: true } },
      { path: '/chat/:room/:seq(\\d{1,15})', name: 'message', component: loadChatPage, meta: { full: true } },
      { path: '/:path(.*)*', name: 'nowhere', component: () => import('./site/NotFoundPage.vue') },
    ],
    async scrollBehavior(to, _from, saved) {
      const part = saved ? '' : to.hash
      const goal = part ? { el: part } : (saved ?? { top: 0 })
      if (!part && !saved?.top) return goal
      const wait = await import('./platform/scroll-when-ready.ts').catch(() => undefined)
      const stays = await (part ? wait?.partThere(part.slice(1)) : wait?.tallEnough(saved?.top ?? 0))
      return stays !== false && router.currentRoute.value.fullPath === to.fullPath && goal
    },
  })
  router.afterEach(async (to, from, failure) => {
    if (!failure) useLostPage(pinia).path = undefined
    if (failure || from.matched.length === 0 || to.path === from.path) return
    const page = usePageData(pinia)
    page.data = page.keptAt = undefined
    await nextTick()
    focusHeading()
  })
  router.onError((_error, to) => {
    useLostPage(pinia).path = to.fullPath
    loadAnew(to)
  })
  return router
}

/** A screen reader announces the new page's name, and Tab starts at its top. */
function focusHeading(): void {
  const heading =
    document.querySelector<HTMLElement>('main h1') ?? document.querySelector<HTMLElement>('main')
  if (!heading) return
  heading.tabIndex = -1
  heading.focus({ preventScroll: true })
}

/** If a page's file is gone, the site was built anew: the document is loaded again, once. */
function loadAnew(to: RouteLocationNormalized): void {
  const already = performance.getEntriesByType('navigation')[0]?.name.endsWith(to.fullPath)
  if (navigator.onLine && !already) location.assign(to.fullPath)
}
