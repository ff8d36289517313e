import { request } from '../api/http.ts'
import { forgetVisitor, visitorHeaders } from '../api/visitor-token.ts'
import { saveFile } from '../ui/save-file.ts'

type Headers = Record<string, string>

export const eraseWords = (headers: Headers): Promise<void> => request('DELETE', '/api/me/words', { headers })

/** Ends all tokens of the visitor, who cannot be told apart from others from then on. */
export async function signOutVisitor(): Promise<void> {
  await request('DELETE', '/api/me/sessions', { headers: visitorHeaders() })
  forgetVisitor()
}

export async function downloadWords(headers: Headers): Promise<void> {
  const words = await request<object>('GET', '/api/me/words', { headers })
  saveFile('my-words.json', 'application/json', JSON.stringify(words, null, 2))
}
