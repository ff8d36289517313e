import { Agent, request as httpRequest } from 'node:http'

/** The most connections that one address keeps open for its requests. */
const SOCKETS_MAX = 1_000

export type Answer = { status: number; text: string }
type Options = { from: string; body?: unknown; token?: string; type?: string }

/** Sends HTTP requests from an address of the loopback range; status 0 means no answer. */
export function createHttpClient(url: string) {
  const agents = new Map<string, Agent>()

  function agentOf(from: string): Agent {
    const agent = agents.get(from) ?? new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX })
    agents.set(from, agent)
    return agent
  }

  return function request(
    method: string,
    path: string,
    { from, body, token, type }: Options,
  ): Promise<Answer> {
    const headers = {
      ...(body !== undefined && { 'content-type': type ?? 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    }
    return new Promise((resolve) => {
      const req = httpRequest(
        `${url}${path}`,
        { method, headers, localAddress: from, agent: agentOf(from) },
        (res) => {
          let text = ''
          res.setEncoding('utf8')
          res.on('data', (chunk: string) => (text += chunk))
          res.on('end', () => resolve({ status: res.statusCode ?? 0, text }))
          res.on('error', () => resolve({ status: 0, text }))
        },
      )
      req.on('error', () => resolve({ status: 0, text: '' }))
      req.end(typeof body === 'string' ? body : body && JSON.stringify(body))
    })
  }
}

export type HttpClient = ReturnType<typeof createHttpClient>
