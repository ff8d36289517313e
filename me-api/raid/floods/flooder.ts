/**
 * Runs one flood in a separate program, so that its own load is not measured as the visitors' wait. It begins at
 * once, and ends with a report on request, or by itself after a while.
 */
import { constants, setPriority } from 'node:os'
import { createHttpClient } from './http-client.ts'
import { floods } from './floods.ts'

/** Seconds beyond the flood's duration after which it ends without a request. */
const SPARE = 60

const [name, url = '', seconds] = process.argv.slice(2)
// Real raiders have their own machines, so this process yields to the server.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
setTimeout(() => process.exit(1), (Number(seconds) + SPARE) * 1_000)
process.once('disconnect', () => process.exit(1))

const codes = new Map<string, number>()
const countAnswer = (code: string): void => void codes.set(code, (codes.get(code) ?? 0) + 1)
process.once('message', () => process.send?.([...codes].toSorted(), () => process.exit()))
floods.find((flood) => flood.name === name)?.start({ url, countAnswer, request: createHttpClient(url) })
