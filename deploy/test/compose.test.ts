/**
 * The compose file on a real Docker engine, from a clean copy of the working tree: built, started, used, killed,
 * backed up, restored, upgraded and doubled. One story, in the order of its tests.
 */
import { existsSync } from 'node:fs'
import { after, before } from 'node:test'
import { type Readers, freePort } from './people.ts'
import { staysSafe } from './safety.ts'
import { scales } from './scaling.ts'
import { serves } from './serving.ts'
import { cleanCopy, createStack, needEngine } from './stack.ts'
import { survives } from './surviving.ts'

needEngine()
if (!existsSync(process.env['CHROMIUM_PATH'] ?? '')) {
  process.stderr.write('Set CHROMIUM_PATH to a Chromium, for example: CHROMIUM_PATH=/usr/bin/chromium\n')
  process.exit(1)
}

const stack = createStack(cleanCopy(), await freePort())
const readers: Readers = []

before(async () => {
  await stack.must('--profile', '*', 'build')
  await stack.up()
})
after(async () => {
  readers.forEach(({ close }) => close())
  await stack.remove()
})

serves(stack, readers)
staysSafe(stack)
survives(stack, readers)
scales(stack)
