/**
 * What the service worker needs to answer in the reader's name, and to subscribe anew: it reads neither the storage of the
 * pages nor the cookies. The page keeps it here while pushes are on.
 */
const CACHE = 'me-push'
const PATH = '/push-identity'

type PushIdentity = {
  /** A visitor's; an account is known by its cookie. */
  token: string | null
  language: string
}

export async function keepPushIdentity(identity: PushIdentity): Promise<void> {
  await (await caches.open(CACHE)).put(PATH, Response.json(identity))
}

export async function pushIdentity(): Promise<PushIdentity | undefined> {
  const kept = await (await caches.open(CACHE)).match(PATH)
  return (await kept?.json()) as PushIdentity | undefined
}

export const forgetPushIdentity = (): Promise<boolean> => caches.delete(CACHE)

export const headersOf = (identity: PushIdentity | undefined): Record<string, string> => ({
  'content-type': 'application/json',
  ...(identity?.token && { authorization: `Bearer ${identity.token}` }),
})
