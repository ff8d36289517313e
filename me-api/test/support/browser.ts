import { load } from './form-page.ts'
import type { TestApp } from './start-app.ts'

type Headers = Record<string, string>

/** A browser without script: it keeps cookies, and follows nothing. */
export function browser({ url }: Pick<TestApp, 'url'>, headers: Headers = {}) {
  const cookies = new Map<string, string>()

  async function send(path: string, init: RequestInit & { headers?: Headers } = {}) {
    const cookie = Array.from(cookies, ([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url + path, {
      redirect: 'manual',
      ...init,
      headers: { ...headers, ...(cookie && { cookie }), ...init.headers },
    })
    const set = answer.headers.getSetCookie()
    for (const line of set) {
      const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? []
      if (value) cookies.set(name, value)
      else cookies.delete(name)
    }
    return { status: answer.status, headers: answer.headers, set, ...load(await answer.text()) }
  }

  return {
    cookies,
    get: (path: string, more: Headers = {}) => send(path, { headers: more }),

    /** Posts a form, or a body as it is. */
    post: (path: string, form: Headers | string | Uint8Array<ArrayBuffer>, more: Headers = {}) =>
      send(path, {
        method: 'POST',
        body: typeof form === 'string' || form instanceof Uint8Array ? form : new URLSearchParams(form),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...more },
      }),
    send,
  }
}

export type Browser = ReturnType<typeof browser>
