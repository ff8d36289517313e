import type { Ack } from 'me-api/contract'

type Solve = (signal?: AbortSignal) => Promise<string>
type Ask<T> = (proof: string) => Promise<Ack<T>>

/** The work may have grown harder while it was done; after so many times the refusal stands. */
const TIMES_MAX = 3

/** Has the work done that the server wants under pressure, and asks with the proof of it; rejects without one. */
export async function askWithProof<T>(solve: Solve, ask: Ask<T>, signal?: AbortSignal): Promise<Ack<T>> {
  for (let times = 1; ; times += 1) {
    const proof = await solve(signal)
    signal?.throwIfAborted()
    const answer = await ask(proof)
    if (answer.ok || answer.error.code !== 'PROOF_REQUIRED' || times === TIMES_MAX) return answer
  }
}
