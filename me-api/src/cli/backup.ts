import { type Config, readConfig, readEnvironment } from '../config.ts'
import { backUp } from '../db/back-up.ts'
import { Stop } from '../errors.ts'
import { orHelp, pathOf, readArguments } from './run.ts'

const usage = `npm run backup -- FILE
Writes a consistent copy of the SQLite database into a new file, also while the server runs.`

await orHelp(usage, () => {
  const { positionals } = readArguments(usage, { allowPositionals: true })
  const [file] = positionals
  if (!file || positionals.length > 1) throw new Stop(usage)
  const target = pathOf(file)
  const size = backUp(sqliteOf(readConfig(readEnvironment())), target)
  process.stdout.write(`${target}: ${(size / 1e6).toFixed(1)} MB\n`)
})

function sqliteOf({ DATABASE_URL }: Config): string {
  if (DATABASE_URL.kind === 'sqlite') return DATABASE_URL.path
  throw new Stop('The data is in PostgreSQL, which brings its own tool: pg_dump --format=custom --file=FILE')
}
