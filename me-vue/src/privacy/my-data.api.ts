import { request } from '../api/http.ts'
import { saveFile } from '../ui/save-file.ts'

type Headers = Record<string, string>

export const eraseWords = (headers: Headers): Promise<void> => request('DELETE', '/api/me/words', { headers })

export async function downloadWords(headers: Headers): Promise<void> {
  const words = await request<object>('GET', '/api/me/words', { headers })
  saveFile('my-words.json', 'application/json', JSON.stringify(words, null, 2))
}
