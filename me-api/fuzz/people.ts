import type { CallerName } from './grammar.ts'
import { accounts } from './start-house.ts'

type Person = { id: string; token: string }

/** Those who use the house while it is tried: an owner and a member who stay, visitors who come and go. */
export async function createPeople(url: string) {
  const known = new Map<string, Person>()
  let turn = 0

  /** Everybody comes from somewhere else, so that no ban of an address ends the trial. */
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
    // A kept connection may be closed by the other side just as it is used.
    const answer = await ask().catch(ask)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`/api/${path} answered ${text}`)
    return (text ? (JSON.parse(text) as { data: Data }) : { data: undefined as Data }).data
  }

  async function signIn(name: 'owner' | 'member'): Promise<void> {
    const data = await post<{ user: { id: string }; token: string }>('login', accounts[name])
    known.set(name, { id: data.user.id, token: data.token })
  }

  /** Somebody may have signed out, or been shown out. */
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
    /** A person's way of saying who they are; the same person takes each of the three in turn. */
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
    /** Puts the ids that there are in their places. */
    fill: (text: string) =>
      text.replaceAll(/\$(visitor|member|owner)\b/g, (_, name: string) => known.get(name)?.id ?? ''),
    /** Those who are out come in again, the member is forgiven, and the visitor is a new one. */
    async renew(): Promise<void> {
      for (const name of ['owner', 'member'] as const) if (!(await isIn(name))) await signIn(name)
      const forgiven = { id: known.get('member')?.id, action: 'forgive' }
      await post('chat/moderation', forgiven, known.get('owner')?.token)
      await newVisitor()
    },
  }
}

export type People = Awaited<ReturnType<typeof createPeople>>
