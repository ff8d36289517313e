import type { AccountChange, AccountRemoval, Credentials, Registration, User } from 'me-api/contract'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { ApiError, get, onSignedOut, request, toShow } from '../api/http.ts'
import { visitorHeaders } from '../api/visitor-token.ts'
import { isServer } from '../platform/is-server.ts'
import { browserStorage } from '../platform/browser-storage.ts'
import { PUSH_FOR } from '../push/push-for.ts'

/**
 * The user's id, and when they signed in or changed here: it is worth asking the server who we are, and other tabs see
 * when it changes. Not a secret; the session is an HttpOnly cookie.
 */
const flag = 'me.signed-in'

export const useAccount = defineStore('account', () => {
  const user = ref<User>()
  const isOwner = computed(() => user.value?.role === 'owner')
  /** Whether the account was deleted here, until somebody signs in. */
  const left = ref(false)
  /** Why it is not known who the user is. */
  const failure = ref<ApiError>()
  let restoring: Promise<void> | undefined
  let asking = false

  /** Resolves when it is known whether there is a session; asks at most once. */
  const restore = () => (restoring ??= askWhoWeAre())

  async function askWhoWeAre(): Promise<void> {
    asking = true
    try {
      const isWorthIt = browserStorage.getItem(flag) !== null
      user.value = isWorthIt ? (await get<{ user: User }>('/api/me')).user : undefined
      failure.value = undefined
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return forgetUser()
      restoring = undefined
      failure.value = toShow(error)
    } finally {
      asking = false
    }
  }

  if (!isServer) {
    // Signed in or out in another tab, or all that this browser keeps was removed.
    addEventListener('storage', ({ key }) => {
      if (key === flag || key === null) restoring = askWhoWeAre()
    })
    // Asks again where the server could not be reached before.
    addEventListener('online', () => void restore())
    // The session may have ended; but a wrong password is refused in the same way.
    onSignedOut(() => {
      if (user.value && !asking) restoring = askWhoWeAre()
    })
  }

  async function signIn(credentials: Credentials): Promise<void> {
    await signInAt('/api/login', credentials)
  }

  /** `body` is what one of the ways to sign in asks for. */
  async function signInAt(path: '/api/login' | '/api/login/passkey', body: object): Promise<void> {
    remember((await request<{ user: User }>('POST', path, { body })).user)
  }

  function remember(signedIn: User): void {
    user.value = signedIn
    browserStorage.setItem(flag, `${signedIn.id} ${Date.now()}`)
    left.value = false
  }

  /** Signs in as well. Sends a visitor's chat token along, so that they can register the nick they hold. */
  async function register(registration: Registration): Promise<void> {
    const sent = { body: registration, headers: visitorHeaders() }
    remember((await request<{ user: User }>('POST', '/api/register', sent)).user)
  }

  async function signOut(): Promise<void> {
    await request('POST', '/api/logout')
    forgetUser()
  }

  async function signOutEverywhere(): Promise<void> {
    await request('DELETE', '/api/me/sessions')
    forgetUser()
  }

  /** Changes the nick or the e-mail. */
  async function change(wanted: AccountChange): Promise<void> {
    remember((await request<{ user: User }>('PATCH', '/api/me', { body: wanted })).user)
  }

  /** Deletes the account. */
  async function leave(choice: AccountRemoval): Promise<void> {
    await request('DELETE', '/api/me', { body: choice })
    left.value = true
    forgetUser()
  }

  /** The session is over, whether we ended it or the server did. */
  function forgetUser(): void {
    user.value = failure.value = undefined
    browserStorage.removeItem(flag)
    // The server tells this browser no more: pushes end with the session.
    browserStorage.removeItem(PUSH_FOR)
  }

  return {
    user,
    isOwner,
    left,
    failure,
    restore,
    signIn,
    signInAt,
    register,
    signOut,
    signOutEverywhere,
    change,
    leave,
    forgetUser,
  }
})
