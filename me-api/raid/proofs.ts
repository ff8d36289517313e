import { once } from 'node:events'
import { type IncomingMessage, get } from 'node:http'
import { json } from 'node:stream/consumers'
import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import type { Challenge } from '../src/contract/index.ts'

/**
 * Computes proofs of work with the site's own library, one after the other, because that admits the first raiders
 * soonest. It fetches each challenge only when it solves it, because a challenge from before the pressure rose is
 * worth nothing. It uses a whole core.
 */
export function createProofs(url: string) {
  let last: Promise<unknown> = Promise.resolve()

  async function work(localAddress: string): Promise<string> {
    const challenge = await challengeFor(url, localAddress)
    const solution = await solveChallenge({ challenge, deriveKey })
    return Buffer.from(JSON.stringify({ challenge, solution })).toString('base64')
  }

  return function prove(localAddress: string): Promise<string> {
    const proof = last.then(() => work(localAddress))
    last = proof.catch(() => {})
    return proof
  }
}

async function challengeFor(url: string, localAddress: string): Promise<Challenge> {
  const [answer] = (await once(get(`${url}/api/chat/challenge`, { localAddress }), 'response')) as [
    IncomingMessage,
  ]
  return ((await json(answer)) as { data: Challenge }).data
}
