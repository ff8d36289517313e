import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { ErrorBody, Message } from '../src/contract/index.ts'
import { type StockClient, openStockClient } from './stock-client.ts'

/** Milliseconds between two messages of a writer, and between two attempts to send one. */
const SEND_EVERY = 250
const RETRY_AFTER = 200
const ANSWER_MAX = 5_000
/** Milliseconds that the last message of each writer may take once the storm is over. */
const LAST_MAX = 20_000

type Draft = { room: string; id: string; text: string }
type Send = (draft: Draft) => Promise<Message>

/** A refusal that no further attempt changes. */
class Refused extends Error {}

function refusalOf({ code }: { code: string }): Error {
  return code === 'UNAVAILABLE' || code === 'RATE_LIMITED' ? new Error(code) : new Refused(code)
}

export type Writer = Awaited<ReturnType<typeof startWriter>>

/** Twelve writers, half of them over REST, half with stock clients. */
export async function startWriters(url: string) {
  const writers = []
  for (let n = 1; n <= 12; n++) {
    const name = `writer ${n}`
    if (n % 2) writers.push(startWriter(name, await sendOverRest(url, name), null))
    else {
      const client = openStockClient(url, name)
      writers.push(startWriter(name, sendOver(client), client))
    }
  }
  return writers
}

/** Writes one message after the other: each is sent, always with the same id, until it is acknowledged. */
function startWriter(name: string, send: Send, client: StockClient | null) {
  const acknowledged: Message[] = []
  const refusals: string[] = []
  let [isOver, longestWait] = [false, 0]
  let giveUpAt = Infinity

  async function write(): Promise<void> {
    for (let count = 1; !isOver; count++) {
      await deliver({ room: 'lobby', id: randomUUID(), text: `${name}: ${count}` })
      await pause(SEND_EVERY)
    }
  }

  async function deliver(draft: Draft): Promise<void> {
    const began = performance.now()
    while (performance.now() < giveUpAt) {
      try {
        acknowledged.push(await send(draft))
        longestWait = Math.max(longestWait, performance.now() - began)
        return
      } catch (error) {
        if (error instanceof Refused) {
          refusals.push(`${name} was refused: ${error.message}`)
          return
        }
        await pause(RETRY_AFTER)
      }
    }
    refusals.push(`${name} could not send "${draft.text}" in ${LAST_MAX / 1_000} s of calm`)
  }

  const done = write()
  return {
    name,
    client,
    acknowledged,
    refusals,
    /** Returns the longest wait for an acknowledgement since the last call, in milliseconds. */
    takeLongestWait(): number {
      const wait = longestWait
      longestWait = 0
      return wait
    },
    finish(): Promise<void> {
      isOver = true
      giveUpAt = performance.now() + LAST_MAX
      return done
    },
  }
}

function sendOver(client: StockClient): Send {
  return async (draft) => {
    if (!client.isBack()) throw new Error('not connected')
    const answer = await client.ask<Message>('message:send', draft)
    if (answer.ok) return answer.data
    throw refusalOf(answer.error)
  }
}

async function sendOverRest(url: string, nick: string): Promise<Send> {
  const { token } = await post<{ token: string }>(`${url}/api/chat/visitors`, { nick })
  return ({ room, ...draft }) => post(`${url}/api/chat/rooms/${room}/messages`, draft, token)
}

async function post<Data>(url: string, body: object, token?: string): Promise<Data> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `bearer ${token}` }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MAX),
  })
  const answered: unknown = await answer.json()
  if (answer.ok) return (answered as { data: Data }).data
  throw refusalOf((answered as ErrorBody).errors[0]!)
}
