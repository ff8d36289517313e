import { Counter, Histogram, Registry } from 'prom-client'
import type { MessageStore } from '../log/message.store.ts'
import type { Change, ErrorCode } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'

/** Buckets in seconds, from unnoticeable to disturbing. */
const LATENCIES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

export type Metrics = ReturnType<typeof createMetrics>

/** The chat's metrics in Prometheus' format. The chat's modules use them through a few hooks only. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  const writes = new Counter({
    name: 'me_writes_total',
    help: 'Writes of the chat that were stored, by kind',
    labelNames: ['kind'],
    registers,
  })
  const refused = new Counter({
    name: 'me_refused_total',
    help: 'Requests, events and connections that were refused, by error code',
    labelNames: ['code'],
    registers,
  })
  const acknowledged = new Histogram({
    name: 'me_ack_seconds',
    help: 'From the arrival of an event to its acknowledgement',
    labelNames: ['event'],
    buckets: LATENCIES,
    registers,
  })
  const commits = new Histogram({
    name: 'me_commit_seconds',
    help: 'What one commit takes, with its sync of the disk',
    buckets: LATENCIES,
    registers,
  })
  const commitSize = new Histogram({
    name: 'me_commit_writes',
    help: 'Writes that share one commit',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
    registers,
  })
  const fannedOut = new Histogram({
    name: 'me_fan_out_seconds',
    help: 'What passing one Change on to all readers of its room takes',
    buckets: LATENCIES,
    registers,
  })

  return {
    registry,

    refused: (code: ErrorCode): void => refused.inc({ code }),

    /** Records an answered event; `began` is the value of `performance.now()` when the event arrived. */
    answered: (event: string, began: number): void => acknowledged.observe({ event }, secondsSince(began)),

    /** Wraps the store to measure its commits: one observation per commit, however many writes share it. */
    ofStore: (store: Pick<MessageStore, 'commit'>): Pick<MessageStore, 'commit'> => ({
      async commit(batch, now) {
        const began = performance.now()
        const commit = await store.commit(batch, now)
        commits.observe(secondsSince(began))
        commitSize.observe(batch.length)
        commit.outcomes.forEach((outcome, index) => {
          if (!(outcome instanceof Refusal)) writes.inc({ kind: batch[index]?.kind ?? 'send' })
        })
        return commit
      },
    }),

    /** Wraps a subscriber of the bus to measure how long it takes to pass a Change on. */
    ofFanOut: (pass: (change: Change) => void) => (change: Change) => {
      const began = performance.now()
      pass(change)
      fannedOut.observe(secondsSince(began))
    },
  }
}

const secondsSince = (began: number): number => (performance.now() - began) / 1_000
