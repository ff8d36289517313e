import type { House } from './house.ts'
import { owner } from './server.ts'

/** The owner's hand over the API: makes, changes and removes rooms. */
export async function ownersHand(house: House) {
  const post = (path: string, body: object) => write('POST', path, body)
  let token = ''
  const signedIn = await post('login', { email: owner.email, password: owner.password })
  token = ((await signedIn.json()) as { data: { token: string } }).data.token

  function write(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${house.url}/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: body ? JSON.stringify(body) : null,
    })
  }
  return {
    make: (name: string, title: string) => post('chat/rooms', { name, title }),
    change: (name: string, changes: object) => write('PATCH', `chat/rooms/${name}`, changes),
    remove: (name: string) => write('DELETE', `chat/rooms/${name}`),
  }
}
