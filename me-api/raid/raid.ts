/**
 * Attacks the server with the settings one gets by default, in two acts, and prints what visitors who talk meanwhile
 * notice. Ends with 1 where the server met a fault; how long somebody waits is printed and not judged, as that depends on
 * the machine.
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
    // An option that does not exist.
  }
  console.error(usage)
  process.exit(1)
}
