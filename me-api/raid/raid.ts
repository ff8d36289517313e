/**
 * Attacks a server with default settings, in two acts, and prints how that affects visitors who talk meanwhile. Exits
 * with 1 if the server had a fault. Waiting times are printed but not judged, because they depend on the machine.
 */
import { parseArgs } from 'node:util'
import { actOne } from './act-one.ts'
import { actTwo } from './act-two.ts'
import { floods } from './floods/floods.ts'

const usage = `npm run raid -- [--act 1|2] [--only FLOOD] [--seconds N]
floods of the second act: ${floods.map(({ name }) => name).join(', ')}`

const { act, only, seconds } = readArguments()
const faults: string[] = []
if (act !== '2') faults.push(...(await actOne(seconds ?? 60)))
if (act !== '1') faults.push(...(await actTwo(seconds ?? 8, only)))
for (const fault of faults) console.error(fault)
process.exit(faults.length === 0 ? 0 : 1)

function readArguments() {
  try {
    const { values } = parseArgs({
      options: { act: { type: 'string' }, only: { type: 'string' }, seconds: { type: 'string' } },
    })
    const { only, act = only ? '2' : undefined } = values
    const seconds = values.seconds === undefined ? undefined : Number(values.seconds)
    const isKnown = !only || floods.some(({ name }) => name === only)
    const isAct = act === undefined || act === '2' || (act === '1' && !only)
    if (isKnown && isAct && (seconds === undefined || seconds > 0)) return { act, only, seconds }
  } catch {
    // An unknown option.
  }
  console.error(usage)
  process.exit(1)
}
