import type { TestServer } from './test-server.ts'
import { ownerAccount } from './server.ts'

/** Signs the owner in over the API, and returns functions that create, change and delete rooms and reports. */
export async function createOwnerApi(server: TestServer) {
  const post = (path: string, body: object) => request('POST', path, body)
  let token = ''
  const signedIn = await post('login', { email: ownerAccount.email, password: ownerAccount.password })
  token = ((await signedIn.json()) as { data: { token: string } }).data.token

  function request(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${server.url}/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: body ? JSON.stringify(body) : null,
    })
  }
  return {
    createRoom: (name: string, title: string) => post('chat/rooms', { name, title }),
    changeRoom: (name: string, changes: object) => request('PATCH', `chat/rooms/${name}`, changes),
    publish: (week: number, title: string, text: string) => post('reports', { week, title, text }),
    changeReport: (week: number, changes: { title: string; text: string }) =>
      request('PUT', `reports/week/${week}`, changes),
    removeReport: (week: number) => request('DELETE', `reports/week/${week}`),
    removeRoom: (name: string) => request('DELETE', `chat/rooms/${name}`),
  }
}
