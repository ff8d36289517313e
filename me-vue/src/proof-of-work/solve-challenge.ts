import { solveChallengeWorkers } from 'altcha-lib'
import type { Ack, Challenge } from 'me-api/contract'
import { get } from '../api/http.ts'
import { trustedScriptUrl } from '../platform/trusted-script-url.ts'
import { askWithProof } from './ask-with-proof.ts'
import prover from './solver.worker.ts?worker&url'

/** Of the machine's cores; others have work to do, too. */
const WORKERS_MAX = 4

/**
 * Fetches some work and has it done beside the page, on this machine alone; the answer is the proof of it.
 * @throws {ApiError} where no challenge is to be had; the signal's reason where nobody waits any more
 */
export async function solveChallenge(signal?: AbortSignal): Promise<string> {
  const challenge = await get<Challenge>('/api/chat/challenge', signal)
  const controller = new AbortController()
  signal?.addEventListener('abort', () => controller.abort())
  const solution = await solveChallengeWorkers({
    challenge,
    controller,
    concurrency: Math.min(WORKERS_MAX, navigator.hardwareConcurrency || 1),
    createWorker: () => new Worker(trustedScriptUrl(prover), { type: 'module' }),
  })
  signal?.throwIfAborted()
  if (!solution) throw new Error('the work took too long')
  return btoa(JSON.stringify({ challenge, solution }))
}

/** Asks with a proof of work that this machine does first. */
export const solveAndAsk = <T>(ask: (proof: string) => Promise<Ack<T>>, signal?: AbortSignal) =>
  askWithProof(solveChallenge, ask, signal)
