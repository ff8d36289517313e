import { solveChallengeWorkers } from 'altcha-lib'
import type { Ack, Challenge } from 'me-api/contract'
import { get } from '../api/http.ts'
import { trustedScriptUrl } from '../platform/trusted-script-url.ts'
import { askWithProof } from './ask-with-proof.ts'
import prover from './solver.worker.ts?worker&url'

/** The most cores to use: other programs need some too. */
const WORKERS_MAX = 4

/**
 * Fetches a challenge and solves it in workers; returns the proof of work.
 * @throws {ApiError} if no challenge could be fetched; the signal's reason if it was aborted
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

/** Computes a proof of work, then asks with it. */
export const solveAndAsk = <T>(ask: (proof: string) => Promise<Ack<T>>, signal?: AbortSignal) =>
  askWithProof(solveChallenge, ask, signal)
