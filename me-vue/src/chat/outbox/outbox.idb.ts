import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { OutboxEntry } from './outbox-entry.ts'
import type { OutboxStorage } from './outbox-entries.ts'

interface Schema extends DBSchema {
  errands: { key: string; value: OutboxEntry }
}

/** The storage in IndexedDB: it outlives tab and browser. Where that is forbidden or full, its methods reject. */
export function createIdbStorage(name = 'me.chat'): OutboxStorage {
  let opened: Promise<IDBPDatabase<Schema>> | undefined

  function database(): Promise<IDBPDatabase<Schema>> {
    const forget = () => (opened = undefined)
    opened ??= openDB<Schema>(name, 1, {
      upgrade: (database) => void database.createObjectStore('errands', { keyPath: 'key' }),
      // A tab of a newer version must not wait for this one.
      blocking: (_, __, { target }) => {
        ;(target as IDBDatabase).close()
        forget()
      },
      terminated: forget,
    })
    opened.catch(forget)
    return opened
  }

  async function change(entry: OutboxEntry): Promise<void> {
    const { store, done } = (await database()).transaction('errands', 'readwrite')
    const changed = store.getKey(entry.key).then((key) => key && store.put(entry))
    await Promise.all([changed, done])
  }

  return {
    all: async () => (await database()).getAll('errands'),
    put: async (entry) => void (await (await database()).put('errands', entry)),
    change,
    drop: async (key) => (await database()).delete('errands', key),
  }
}
