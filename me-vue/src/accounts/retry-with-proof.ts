import { ApiError } from '../api/http.ts'

/** The difficulty may rise while a proof is computed; after this many tries the error is shown. */
const TIMES_MAX = 3

/** Sends a request, and again with a proof of work if the server requires one. */
export async function retryWithProof(send: (proof: string | null) => Promise<void>): Promise<void> {
  let proof: string | null = null
  for (let times = 0; ; times += 1) {
    try {
      return await send(proof)
    } catch (error) {
      const isWanted = error instanceof ApiError && error.code === 'PROOF_REQUIRED'
      if (!isWanted || times === TIMES_MAX) throw error
    }
    const { solveChallenge } = await import('../proof-of-work/solve-challenge.ts')
    proof = await solveChallenge()
  }
}
