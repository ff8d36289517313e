import type { HttpClient } from './http-client.ts'

/** How often each answer came: a code of the contract, an HTTP status, a close code. */
export type AnswerCounts = [code: string, count: number][]

export type Tools = { url: string; request: HttpClient; countAnswer(code: string): void }

/** `start` begins the flood and returns; the flood continues until its process ends. */
export type Flood = { name: string; description: string; start(tools: Tools): void }

/** The raiders' addresses: real ones of the loopback range. */
export const addressOf = (n: number): string => `127.0.1.${1 + (n % 250)}`
