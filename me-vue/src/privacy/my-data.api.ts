import { request } from '../api/http.ts'
import { saveFile } from '../ui/save-file.ts'

/** A visitor shows who they are by the token; with an account the cookie does. */
const headersOf = (token: string | null): Record<string, string> =>
  token ? { authorization: `Bearer ${token}` } : {}

export const eraseWords = (token: string | null): Promise<void> =>
  request('DELETE', '/api/me/words', { headers: headersOf(token) })

export async function downloadWords(token: string | null): Promise<void> {
  const words = await request<object>('GET', '/api/me/words', { headers: headersOf(token) })
  saveFile('my-words.json', 'application/json', JSON.stringify(words, null, 2))
}
