import { databaseOf } from './database.ts'
import { startProxy } from './proxy.ts'

/**
 * The PostgreSQL database of a test with this folder, behind a network of its own that fails as the test wants. What it
 * answers is late by `delay` milliseconds.
 */
export async function databaseBehindProxy(folder: string, delay?: () => number) {
  const { DATABASE_URL = '', ...settings } = await databaseOf(folder)
  let target = DATABASE_URL
  const way = await startProxy(() => target, delay)
  const address = new URL(DATABASE_URL)
  address.host = new URL(way.url).host
  return {
    settings: { ...settings, DATABASE_URL: address.href },
    /** The database's own address. */
    direct: DATABASE_URL,
    way,

    /** It cannot be reached, until `comeBack`. */
    goAway(): void {
      target = 'http://127.0.0.1:1'
      way.cut()
    },

    comeBack: () => void (target = DATABASE_URL),
  }
}
