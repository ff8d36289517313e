import type { CallerName } from './grammar.ts'
import { accounts } from './start-server.ts'

type Person = { id: string; token: string }

/** The callers during a fuzz run: an owner and a member who stay, and visitors who come and go. */
export async function createCallers(url: string) {
  const known = new Map<string, Person>()
  let turn = 0

  /** Every request has another address, so that no ban of an address ends the run. */
  const address = () => ({
    'x-forwarded-for': `10.${(++turn >> 16) & 255}.${(turn >> 8) & 255}.${turn & 255}`,
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

  /** Whether the session still works: the caller may have signed out, or been signed out. */
  async function isIn(name: 'owner' | 'member'): Promise<boolean> {
    const headers = { ...address(), authorization: `Bearer ${known.get(name)?.token}` }
    const ask = () => fetch(`${url}/api/me`, { headers })
    const answer = await ask().catch(ask)
    await answer.body?.cancel()
    return answer.ok
  }

  async function newVisitor(): Promise<void> {
    const { self, token } = await post<{ self: { id: string }; token: string }>('chat/visitors', {
      nick: `guest ${++turn}`,
    })
    known.set('visitor', { id: self.id, token })
  }

  await post('register', accounts.member)
  await signIn('owner')
  await signIn('member')
  await newVisitor()

  return {
    url,
    address,
    /** The headers that identify a caller; each of the three ways is used in turn. */
    headers(as: CallerName): Record<string, string> {
      if (as === 'nobody') return address()
      if (as === 'a liar') return { ...address(), authorization: `Bearer ${turn}.${turn}.${turn}` }
      const token = known.get(as)?.token ?? ''
      if (turn % 2) return { ...address(), authorization: `Bearer ${token}` }
      return as === 'visitor'
        ? { ...address(), 'x-access-token': token }
        : { ...address(), cookie: `me_session=${token}` }
    },
    handshake(as: CallerName): { token?: string; nick?: string } {
      if (as === 'nobody') return {}
      return as === 'a liar' ? { nick: `liar ${++turn}` } : { token: known.get(as)?.token ?? '' }
    },
    /** Fills existing ids into the placeholders. */
    fill: (text: string) =>
      text.replaceAll(/\$(visitor|member|owner)\b/g, (_, name: string) => known.get(name)?.id ?? ''),
    /** Signs ended sessions in again, forgives the member and makes a new visitor. */
    async renew(): Promise<void> {
      for (const name of ['owner', 'member'] as const) if (!(await isIn(name))) await signIn(name)
      const forgiven = { id: known.get('member')?.id, action: 'forgive' }
      await post('chat/moderation', forgiven, known.get('owner')?.token)
      await newVisitor()
    },
  }
}

export type Callers = Awaited<ReturnType<typeof createCallers>>
