import { readConfig, readEnvironment } from '../config.ts'
import { numberRoomsAnew } from '../db/restored.ts'
import { orHelp, readArguments, withDatabase } from './run.ts'

const usage = `npm run restored
After a restore from a copy that "npm run backup" did not make, such as pg_dump's: lets every reader start over, so that
nobody keeps messages that no longer exist.`

await orHelp(usage, async () => {
  readArguments(usage, {})
  await withDatabase(async (db) => {
    const { kind } = readConfig(readEnvironment()).DATABASE_URL
    await numberRoomsAnew(db, kind, Date.now())
    process.stdout.write('Every reader starts over.\n')
  })
})
