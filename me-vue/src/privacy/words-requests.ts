import { request } from '../api/http.ts'

/** A visitor shows who they are by the token; with an account the cookie does. */
const headersOf = (token: string | null): Record<string, string> =>
  token ? { authorization: `Bearer ${token}` } : {}

export const eraseWords = (token: string | null): Promise<void> =>
  request('DELETE', '/api/me/words', { headers: headersOf(token) })

/** Has the browser save what one wrote as a file, its messages one a line. */
export async function downloadWords(token: string | null): Promise<void> {
  const words = await request<object>('GET', '/api/me/words', { headers: headersOf(token) })
  const file = new Blob([JSON.stringify(words, null, 2)], { type: 'application/json' })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = 'my-words.json'
  link.click()
  // The browser has its own hold on the file once the download has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
