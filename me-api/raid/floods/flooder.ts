/**
 * One flood, a program of its own, so that what it costs is not taken for what the visitors feel. Begins at once, and ends
 * with a report when it is told to, or by itself where nobody tells it.
 */
import { constants, setPriority } from 'node:os'
import { createAsk } from './ask.ts'
import { floods } from './floods.ts'

/** Seconds over the flood's time after which it ends untold. */
const SPARE = 60

const [name, url = '', seconds] = process.argv.slice(2)
// Raiders have machines of their own, and yield where they have to share.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
setTimeout(() => process.exit(1), (Number(seconds) + SPARE) * 1_000)
process.once('disconnect', () => process.exit(1))

const codes = new Map<string, number>()
const note = (code: string): void => void codes.set(code, (codes.get(code) ?? 0) + 1)
process.once('message', () => process.send?.([...codes].toSorted(), () => process.exit()))
floods.find((flood) => flood.name === name)?.start({ url, note, ask: createAsk(url) })
