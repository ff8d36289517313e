import { Challenge, Identity, NickChoice } from '../../contract/index.ts'
import type { AddressOf } from '../../http/client-address.ts'
import { type Route, route } from '../../http/route.ts'
import { readNick } from '../../nicks/nick.ts'
import type { ChatLimits } from '../rate-limits/chat-limits.ts'
import type { ProofOfWork } from '../rate-limits/proof-of-work.ts'
import type { Visitors } from './visitors.ts'

type Parts = {
  visitors: Pick<Visitors, 'join'>
  proofOfWork: Pick<ProofOfWork, 'challenge'>
  limits: Pick<ChatLimits, 'address' | 'challenges'>
  addressOf: AddressOf
}

/** REST routes that give scripts an identity. */
export function identityRoutes({ visitors, proofOfWork, limits, addressOf }: Parts): Route[] {
  return [
    route({
      method: 'post',
      path: '/chat/visitors',
      who: 'all',
      summary: 'Create a visitor with a token, for a script',
      body: NickChoice,
      answer: Identity,
      status: 201,
      async handle({ body, caller, req }) {
        const address = addressOf(req)
        limits.address(address)
        return visitors.join(readNick(body.nick), { address, proof: body.proof, provenId: caller?.person.id })
      },
    }),
    route({
      method: 'get',
      path: '/chat/challenge',
      who: 'all',
      cost: 5,
      summary:
        'Get a proof-of-work challenge, which an answer PROOF_REQUIRED asks for; it can be used once, within a few minutes',
      answer: Challenge,
      async handle({ req, res }) {
        res.set('Cache-Control', 'no-store')
        const address = addressOf(req)
        limits.challenges(address)
        return proofOfWork.challenge(address)
      },
    }),
  ]
}
