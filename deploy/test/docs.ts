import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The commands of a block under a heading of docs/deploy.md, as a reader would type them; without a terminal. */
export function commandsUnder(heading: string, block: number): string[] {
  const text = readFileSync(join(import.meta.dirname, '../../docs/deploy.md'), 'utf8')
  const section = text.split(/^(?=## )/m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, commands = '']) => commands)
  const commands = blocks[block]
  if (!commands) throw new Error(`docs/deploy.md has no block ${block} under ${heading}`)
  return commands.trim().replaceAll('docker compose exec api', 'docker compose exec -T api').split('\n')
}
