import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Cluster } from './cluster.ts'
import type { Reader } from './readers.ts'
import type { Writer } from './writers.ts'

/** Milliseconds of calm after which every reader has everything, and all nodes agree on who is here. */
export const EQUAL_WITHIN = 5_000
export const AGREE_WITHIN = 25_000

/** What is stored: every acknowledged message once, in each writer's order and that of time, and no number is missing. */
export async function checkStored({ postgres }: Cluster, writers: Writer[]) {
  const client = new pg.Client(postgres.url)
  await client.connect()
  const { rows } = await client.query<{ seq: string; id: string; text: string; sent_at: string }>(
    `select seq, id, text, sent_at from messages where room = 'lobby' order by seq`,
  )
  await client.end()
  const violations = rows.flatMap(({ seq }, index) =>
    Number(seq) === index + 1 ? [] : [`number ${index + 1} is ${seq} in the database`],
  )
  for (const { name, acknowledged } of writers) {
    const own = rows.filter(({ text }) => text.startsWith(`${name}: `))
    const order = own.map(({ text }) => Number(text.split(': ')[1]))
    if (order.some((count, index) => count !== index + 1))
      violations.push(`what ${name} wrote is stored in the order ${order.join(' ')}`)
    const seqs = new Map(own.map(({ id, seq }) => [id, Number(seq)]))
    for (const { id, seq, text } of acknowledged)
      if (seqs.get(id) !== seq)
        violations.push(`"${text}" was acknowledged as ${seq} and is ${seqs.get(id) ?? 'not'} stored`)
  }
  for (const [index, { seq, sent_at }] of rows.entries())
    if (Number(sent_at) < Number(rows[index - 1]?.sent_at ?? 0))
      violations.push(`number ${seq} has an earlier time than the one before it`)
  return { ids: rows.map(({ id }) => id), violations }
}

/** Returns the milliseconds until every reader has the same log as the database, and who has not. */
export async function checkReaders({ url }: Cluster, readers: Reader[], ids: string[], calmAt: number) {
  const logs = new Map<Reader, string[]>()
  const isEqual = (log: string[]) => log.length === ids.length && log.every((id, index) => id === ids[index])
  for (;;) {
    for (const reader of readers) logs.set(reader, await reader.log(url))
    const took = performance.now() - calmAt
    const others = readers.filter((reader) => !isEqual(logs.get(reader)!))
    if (others.length === 0) return { took, violations: [] }
    if (took > EQUAL_WITHIN) {
      const violations = others.map(
        (reader) => `${reader.name} has ${logs.get(reader)!.length} of ${ids.length} messages, or others`,
      )
      return { took, violations }
    }
    await pause(50)
  }
}

/** Returns the milliseconds until each node knows exactly these people. */
export async function checkPeople({ nodes }: Cluster, nicks: string[], calmAt: number) {
  const expected = nicks.toSorted().join(', ')
  for (;;) {
    const lists = await Promise.all(nodes.map((node) => peopleOn(node.url()!)))
    const took = performance.now() - calmAt
    if (lists.every((list) => list === expected)) return { took, violations: [] }
    if (took > AGREE_WITHIN) {
      const violations = nodes.map(({ name }, index) => `node ${name} knows ${lists[index]}, not ${expected}`)
      return { took, violations }
    }
    await pause(200)
  }
}

async function peopleOn(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/chat/presence`)
  const { people } = ((await answer.json()) as { data: { people: { nick: string }[] } }).data
  return people
    .map(({ nick }) => nick)
    .toSorted()
    .join(', ')
}
