import type { PoolClient } from 'pg'

/** A vacuum takes as long as its table is large, and holds up nobody. */
const isSlow = (query: unknown): boolean => typeof query === 'string' && /^\s*vacuum\b/i.test(query)

type Parts = {
  connection: PoolClient
  /** Milliseconds that a statement's answer may take; asked when it begins. */
  within: () => number
}

/**
 * Ends a connection whose server does not answer. Where its machine or the network is gone without a word, as in a
 * fail-over, TCP would tell after a quarter of an hour, and whoever waits for a commit would wait as long.
 */
export function watchAnswers({ connection, within }: Parts): void {
  const ask = connection.query.bind(connection) as (...args: unknown[]) => unknown
  const { stream } = (connection as unknown as { connection: { stream: { destroy: () => void } } }).connection

  function watched(...args: unknown[]): unknown {
    const answer = ask(...args)
    const patience = within()
    if (answer instanceof Promise && Number.isFinite(patience) && !isSlow(args[0])) {
      const timer = setTimeout(() => stream.destroy(), patience)
      const settled = () => clearTimeout(timer)
      answer.then(settled, settled)
    }
    return answer
  }
  connection.query = watched as PoolClient['query']
}
