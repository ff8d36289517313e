import type { Ask } from './ask.ts'

/** How often each answer came: a code of the contract, an HTTP status, a close code. */
export type AnswerCounts = [code: string, count: number][]

export type Tools = { url: string; ask: Ask; note(code: string): void }

/** `start` begins the flood and returns; the flood continues until its process ends. */
export type Flood = { name: string; what: string; start(tools: Tools): void }

/** The raiders' addresses: real ones of the loopback range. */
export const addressOf = (n: number): string => `127.0.1.${1 + (n % 250)}`
