/**
 * Sends the server everything that its contract allows, and much that it does not, and checks that it stays up,
 * answers below 500 and keeps its memory. The cases are generated from the API description, so that a new route needs
 * no change here; a seed repeats a run.
 */
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { type Case, type Description, grammarOf } from './grammar.ts'
import { createCallers } from './callers.ts'
import { askRest } from './rest.ts'
import { createSockets } from './sockets.ts'
import { startServer } from './start-server.ts'
import { sendOnWire } from './wire.ts'

const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string' } } })
const total = Number(values.cases ?? 20_000)
const seed = Number(values.seed ?? 1)
if (!(total > 0) || !Number.isInteger(seed)) {
  console.error('npm run fuzz -- [--cases N] [--seed N]')
  process.exit(1)
}

/** Cases per seed, after which the visitor is replaced. */
const ROUND = 200
/** Concurrent cases. */
const AT_ONCE = 16
/** Milliseconds after which a silent server counts as down. */
const ANSWER_TIMEOUT = 30_000
/** Bytes by which the heap may grow after a quarter of the cases: caches fill up, a leak continues. */
const GROWTH_MAX = 32 * 1024 * 1024

const server = await startServer()
const callers = await createCallers(server.url)
const sockets = createSockets(callers)
const description = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as Description
const grammar = grammarOf(description)
console.log(`${total} cases, seed ${seed}`)

const isAlive = () =>
  fetch(`${server.url}/healthz`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT) }).then(({ ok }) => ok)

const answers = new Map<string, number>()
let done = 0
let heapBefore = 0
const began = performance.now()
while (done < total) {
  const cases = fc.sample(grammar, { seed: seed + done, numRuns: Math.min(ROUND, total - done) })
  await runConcurrently(cases)
  if (
    !(await isAlive()
      .catch(isAlive)
      .catch(() => false))
  )
    fail(`The server does not answer. ${server.faults.join('\n')}`)
  done += cases.length
  if (heapBefore === 0 && done >= total / 4) heapBefore = (await server.health()).heap
  if (done % 5_000 === 0 || done === total) {
    console.log(`${done} done, ${Math.round((done / (performance.now() - began)) * 1_000)} a second`)
  }
  await sockets.leave()
  await callers.renew()
}

const sortedAnswers = [...answers].toSorted(([, one], [, other]) => other - one)
console.log(sortedAnswers.map(([key, count]) => `${count} × ${key}`).join(', '))
const { heap, polluted } = await server.health()
const isReady = () => fetch(`${server.url}/readyz`).then(({ ok }) => ok)
const grown = heap - heapBefore
console.log(`heap ${inMegabytes(heapBefore)} MB after a quarter, ${inMegabytes(heap)} MB at the end`)
for (const kind of ['rest', 'event'])
  if ((answers.get(`${kind} done`) ?? 0) < total / 20)
    fail(`Hardly any ${kind} case succeeded, so the run proves nothing.`)
if (!answers.has('wire 101')) fail('No request became a WebSocket, so the run proves nothing.')
if (grown > GROWTH_MAX) fail(`The heap grew by ${inMegabytes(grown)} MB.`)
if (polluted.length > 0) fail(`Object.prototype has new properties: ${polluted.join()}.`)
if ((answers.get('rest cut off') ?? 0) > total / 100)
  fail('The server cut off more than one request in a hundred.')
if (!(await isReady().catch(isReady))) fail('The server is not ready any more.')
await server.stop()
console.log('The server passed.')
process.exit()

/** Runs the cases with some concurrency. */
async function runConcurrently(cases: Case[]): Promise<void> {
  const queue = cases.values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const one of queue) await attempt(one)
    }),
  )
}

async function attempt(one: Case): Promise<void> {
  const answer = await send(one).catch((error: Error) => fail(`${error}: ${error.cause ?? ''}`, one))
  const key = `${one.kind} ${answer}`
  answers.set(key, (answers.get(key) ?? 0) + 1)
  if (server.faults.length > 0) fail(`The server logged: ${server.faults.join('\n')}`, one)
}

function send(one: Case): Promise<string> {
  if (one.kind === 'rest') return askRest(callers, one)
  if (one.kind === 'event') return sockets.emit(one)
  if (one.kind === 'wire') return sendOnWire(server.url, one)
  return one.kind === 'frames' ? sockets.frames(one) : sockets.bytes(one)
}

function fail(reason: string, one?: Case): never {
  console.error(`\n${reason}`)
  if (one) console.error(`after about ${done} cases, at ${JSON.stringify(one).slice(0, 2_000)}`)
  console.error(`Repeat with: npm run fuzz -- --cases ${total} --seed ${seed}`)
  process.exit(1)
}

function inMegabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1)
}
