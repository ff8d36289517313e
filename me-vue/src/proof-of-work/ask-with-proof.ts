import type { Ack } from 'me-api/contract'

type Solve = (signal?: AbortSignal) => Promise<string>
type Ask<T> = (proof: string) => Promise<Ack<T>>

/** The difficulty may rise while a proof is computed; after this many tries the refusal stays. */
const TIMES_MAX = 3

/** Computes the proof of work that the server asks for and sends the request with it; rejects without a proof. */
export async function askWithProof<T>(solve: Solve, ask: Ask<T>, signal?: AbortSignal): Promise<Ack<T>> {
  for (let times = 1; ; times += 1) {
    const proof = await solve(signal)
    signal?.throwIfAborted()
    const answer = await ask(proof)
    if (answer.ok || answer.error.code !== 'PROOF_REQUIRED' || times === TIMES_MAX) return answer
  }
}
