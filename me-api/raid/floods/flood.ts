import type { Ask } from './ask.ts'

/** How often something was answered: a code of the contract, an HTTP status, a close code. */
export type Told = [code: string, count: number][]

export type Tools = { url: string; ask: Ask; note(code: string): void }

/** `start` begins it and returns; it goes on until its process ends. */
export type Flood = { name: string; what: string; start(tools: Tools): void }

/** Where raiders come from: true addresses of the loopback range. */
export const addressOf = (n: number): string => `127.0.1.${1 + (n % 250)}`
