import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { historyFile } from './history.ts'
import { type Summary, createLatencies } from './latencies.ts'
import type { Results } from './results.ts'
import { ours, usual } from './servers.ts'

const docs = join(import.meta.dirname, '../../docs')

/** A run in which nothing was measured. */
const nothing: Results = { seconds: 0, sync: createLatencies().summary(), steady: [] }

type Table = { title: string; head: string[]; rows: string[][] }

const whole = (value: number) => (Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–')
const fine = (value: number) => (Number.isFinite(value) ? value.toFixed(1) : '–')
const times = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} ×`
const fiftyNinetyNine = ({ p50, p99 }: Summary) => `${fine(p50)} / ${fine(p99)}`

function tablesOf(results: Results): Table[] {
  const tables: Table[] = results.steady.map(({ readers, rate, of }) => ({
    title: `${whole(readers)} readers, ${whole(rate)} messages/s`,
    head: [
      '',
      'deliveries per CPU-second',
      'beside the usual',
      'CPU',
      'delivery p50 / p99, ms',
      'ack p50 / p99, ms',
      'lost',
      'doubled',
    ],
    rows: Object.entries(of).map(([name, one]) => [
      name,
      whole(one.perCpuSecond),
      times(one.perCpuSecond / of[usual.name]!.perCpuSecond),
      `${whole(one.cpuShare * 100)} %`,
      fiftyNinetyNine(one.delivery),
      fiftyNinetyNine(one.ack),
      one.lost === 0 ? '0' : `${fine((one.lost / one.expected) * 100)} % not there after 10 s`,
      whole(one.doubled),
    ]),
  }))
  const { idle, quiet, restart, history, search, documents, cluster, hop, model, sync } = results
  if (idle)
    tables.push({
      title: '4,000 idle connections',
      head: ['', 'kB per connection', 'beside the usual', 'CPU', 'memory before, MB'],
      rows: Object.entries(idle).map(([name, one]) => [
        name,
        fine(one.perConnection / 1_024),
        times(one.perConnection / idle[usual.name]!.perConnection),
        `${fine(one.cpuShare * 100)} %`,
        whole(one.before / 1_048_576),
      ]),
    })
  if (quiet)
    tables.push({
      title: `A quiet room (a sync of this disk: p50 ${sync.p50.toFixed(2)} ms, p99 ${sync.p99.toFixed(2)} ms)`,
      head: ['', 'ack p50 / p99, ms', 'delivery p50 / p99, ms', 'ack p50 above the usual, ms'],
      rows: Object.entries(quiet).map(([name, one]) => [
        name,
        fiftyNinetyNine(one.ack),
        fiftyNinetyNine(one.delivery),
        fine(one.ack.p50 - quiet[usual.name]!.ack.p50),
      ]),
    })
  if (restart)
    tables.push({
      title: '5,000 readers after kill -9 and restart',
      head: [
        '',
        'all back and caught up, s',
        'server started in, s',
        'back',
        'sent',
        'acknowledged',
        'lost',
        'doubled',
      ],
      rows: Object.entries(restart).map(([name, one]) => [
        name,
        fine(one.backIn / 1_000),
        fine(one.startedIn / 1_000),
        whole(one.live),
        whole(one.sent),
        whole(one.acknowledged),
        whole(one.lost),
        whole(one.doubled),
      ]),
    })
  if (history)
    tables.push({
      title: `${whole(history.messages)} messages in the room`,
      head: ['', 'p50 / p99, ms', 'floor, ms'],
      rows: [
        ['latest page', fiftyNinetyNine(history.latest), '5'],
        ['a page in the middle', fiftyNinetyNine(history.middle), '10'],
        ['search', history.search ? fiftyNinetyNine(history.search) : 'not there yet', '30'],
        ['start-up', whole(history.startFull), `${whole(history.startEmpty)} when empty`],
        ['import, all of it', whole(history.importedIn), ''],
      ],
    })
  if (search) {
    const databases = Object.keys(search.queries[0]?.of ?? {})
    tables.push({
      title: `Searches among ${whole(search.messages)} messages (floor: 50 ms on SQLite, 250 ms on PostgreSQL)`,
      head: ['', ...databases.map((database) => `${database} p50 / p99, ms`)],
      rows: search.queries.map(({ query, of }) => [
        query,
        ...databases.map((database) => fiftyNinetyNine(of[database]!)),
      ]),
    })
  }
  if (documents)
    tables.push({
      title: 'Documents, with Brotli (floor: 1,500 for home and a report)',
      head: ['', 'per CPU-second', 'p50 / p99, ms', 'kB'],
      rows: documents.map(({ page, perCpuSecond, took, kilobytes }) => [
        page,
        whole(perCpuSecond),
        fiftyNinetyNine(took),
        fine(kilobytes),
      ]),
    })
  if (cluster)
    tables.push({
      title: `${whole(2 * cluster.readers)} readers on two nodes or on one, with PostgreSQL (a commit: p50 ${cluster.commit.p50.toFixed(2)} ms)`,
      head: [
        '',
        'quiet, to the other node p50 / p99, ms',
        '400 messages/s p50 / p99, ms',
        'µs of CPU per delivery',
        'CPU',
        'lost',
        'doubled',
      ],
      rows: Object.entries(cluster.of).map(([name, one]) => [
        name,
        fiftyNinetyNine(one.quiet),
        fiftyNinetyNine(one.busy),
        one.perDelivery.toFixed(2),
        `${whole(one.cpuShare * 100)} %`,
        whole(one.lost),
        whole(one.doubled),
      ]),
    })
  if (hop)
    tables.push({
      title: 'A Change on its way to another node, µs of CPU',
      head: ['a node that hears it', 'of that, its seal', 'Redis, for each node'],
      rows: [[hop.perChange.toFixed(0), hop.perSeal.toFixed(1), hop.redisPerNode.toFixed(1)]],
    })
  if (model)
    tables.push({
      title: 'What one busy room needs, by the model',
      head: [
        'readers',
        'messages/s',
        'commits/s',
        'writes/s to each',
        'nodes of a core',
        'without gathering',
        'Redis, MB/s',
        'relays deep',
        'PostgreSQL connections',
        'delivery p50 / p99, ms',
        'walls',
      ],
      rows: model.rows.map((row) => [
        whole(row.readers),
        whole(row.rate),
        fine(row.commits),
        fine(row.frames),
        whole(row.nodes),
        whole(row.ungathered),
        fine(row.redis),
        whole(row.depth),
        whole(row.connections),
        `${fine(row.p50)} / ${fine(row.p99)}`,
        row.wall,
      ]),
    })
  return tables
}

export function printResults(results: Results): void {
  for (const { title, head, rows } of tablesOf(results)) {
    console.log(`\n${title}`)
    const widths = head.map((cell, column) =>
      Math.max(cell.length, ...rows.map((row) => row[column]!.length)),
    )
    const print = (row: string[]) =>
      console.log(
        row
          .map((cell, column) =>
            column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
          )
          .join('  '),
      )
    print(head)
    rows.forEach(print)
  }
  if (results.history === null || results.search === null)
    console.log(`\nNo history was measured: there is no ${historyFile}.`)
}

const markdownOf = ({ title, head, rows }: Table): string =>
  [
    `### ${title}`,
    '',
    ...[
      head,
      head.map((_, column) => (column === 0 ? '---' : '--:')),
      ...rows.map((row) =>
        row.map((cell, column) => (column === 0 && row[0] === ours.name ? `**${cell}**` : cell)),
      ),
    ].map((row) => `| ${row.join(' | ')} |`),
    '',
  ].join('\n')

/**
 * Writes the tables into docs/benchmark.md, those of several nodes in a block of their own, and the model's into
 * docs/scaling.md. A block of which this run has measured nothing stays as it is.
 */
export async function writeResults(results: Results): Promise<void> {
  const { cluster, hop, model, ...oneNode } = results
  const [cpu] = cpus()
  const machine = `${cpus().length} × ${cpu?.model.trim()}, ${whole(totalmem() / 2 ** 30)} GB, ${type()}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}; ${results.seconds} s for each steady load.`
  await write('benchmark.md', 'results', oneNode, machine)
  await write('benchmark.md', 'nodes', { ...nothing, cluster, hop }, machine)
  await write('scaling.md', 'model', { ...nothing, model })
}

async function write(file: string, block: string, results: Results, ...before: string[]): Promise<void> {
  const tables = tablesOf(results).map(markdownOf)
  if (tables.length > 0)
    await writeBetween(file, block, [...before.flatMap((line) => [line, '']), ...tables].join('\n'))
}

async function writeBetween(file: string, name: string, text: string): Promise<void> {
  const page = join(docs, file)
  const written = readFileSync(page, 'utf8').replace(
    new RegExp(`(<!-- ${name} -->)[^]*(<!-- end of ${name} -->)`),
    (_all, begin: string, end: string) => `${begin}\n\n${text}\n${end}`,
  )
  writeFileSync(page, await format(written, { ...(await resolveConfig(page)), parser: 'markdown' }))
}
