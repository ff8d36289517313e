import type { CallerName } from './grammar.ts'
import { accounts } from './start-server.ts'

type Person = { id: string; token: string }

/** The callers during a fuzz run: one owner, one member, and a new visitor for each round. */
export async function createCallers(url: string) {
  const known = new Map<string, Person>()
  let counter = 0

  /** Every request comes from another address, so that the ban of an address does not end the run. */
  const address = () => ({
    'x-forwarded-for': `10.${(++counter >> 16) & 255}.${(counter >> 8) & 255}.${counter & 255}`,
  })

  async function post<Data>(path: string, body: object, token?: string): Promise<Data> {
    const headers = { 'content-type': 'application/json', ...address() }
    const ask = () =>
      fetch(`${url}/api/${path}`, {
        method: 'POST',
        headers: token ? { ...headers, authorization: `Bearer ${token}` } : headers,
        body: JSON.stringify(body),
      })
    // The server may close a kept-alive connection just as it is used.
    const answer = await ask().catch(ask)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`/api/${path} answered ${text}`)
    return (text ? (JSON.parse(text) as { data: Data }) : { data: undefined as Data }).data
  }

  async function signIn(name: 'owner' | 'member'): Promise<void> {
    const data = await post<{ user: { id: string }; token: string }>('login', accounts[name])
    known.set(name, { id: data.user.id, token: data.token })
  }

  /** Whether the session still works: the caller may have signed out, or the session may have ended. */
  async function hasSession(name: 'owner' | 'member'): Promise<boolean> {
    const headers = { ...address(), authorization: `Bearer ${known.get(name)?.token}` }
    const ask = () => fetch(`${url}/api/me`, { headers })
    const answer = await ask().catch(ask)
    await answer.body?.cancel()
    return answer.ok
  }

  async function newVisitor(): Promise<void> {
    const { self, token } = await post<{ self: { id: string }; token: string }>('chat/visitors', {
      nick: `guest ${++counter}`,
    })
    known.set('visitor', { id: self.id, token })
  }

  /** Signs in again; where the owner has deleted the member's account, they register under another nick. */
  const returnAs = (name: 'owner' | 'member'): Promise<void> =>
    signIn(name).catch(async (error: unknown) => {
      if (name === 'owner') throw error
      await post('register', { ...accounts.member, nick: `member ${++counter}` })
      await signIn(name)
    })

  await returnAs('owner')
  await returnAs('member')
  await newVisitor()

  return {
    url,
    address,
    /** The headers that identify a caller; each of the three ways is used in turn. */
    headers(as: CallerName): Record<string, string> {
      if (as === 'nobody') return address()
      if (as === 'impostor') return { ...address(), authorization: `Bearer ${counter}.${counter}.${counter}` }
      const token = known.get(as)?.token ?? ''
      if (counter % 2) return { ...address(), authorization: `Bearer ${token}` }
      return as === 'visitor'
        ? { ...address(), 'x-access-token': token }
        : { ...address(), cookie: `me_session=${token}` }
    },
    handshake(as: CallerName): { token?: string; nick?: string } {
      if (as === 'nobody') return {}
      return as === 'impostor' ? { nick: `impostor ${++counter}` } : { token: known.get(as)?.token ?? '' }
    },
    /** Replaces the placeholders with existing ids. */
    fill: (text: string) =>
      text.replaceAll(/\$(visitor|member|owner)\b/g, (_, name: string) => known.get(name)?.id ?? ''),
    /** Signs in again where a session has ended, lifts the member's mute or ban, and creates a new visitor. */
    async renew(): Promise<void> {
      for (const name of ['owner', 'member'] as const) if (!(await hasSession(name))) await returnAs(name)
      const lift = { id: known.get('member')?.id, action: 'forgive' }
      await post('chat/moderation', lift, known.get('owner')?.token)
      await newVisitor()
    },
  }
}

export type Callers = Awaited<ReturnType<typeof createCallers>>
