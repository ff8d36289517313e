import { isServer } from './is-server.ts'

type KeyValueStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/**
 * A browser's storage that may be forbidden or full: what it does not take is kept for as long as the page, so that all
 * parts of the site still read what another part has written.
 */
function createStorage(pick: () => Storage): KeyValueStorage {
  const memory = new Map<string, string>()
  const attempt = <T>(call: (storage: Storage) => T, otherwise: () => T): T => {
    try {
      return call(pick())
    } catch {
      return otherwise()
    }
  }
  return {
    getItem: (key) =>
      memory.get(key) ??
      attempt(
        (storage) => storage.getItem(key),
        () => null,
      ),
    setItem: (key, value) =>
      attempt(
        (storage) => {
          storage.setItem(key, value)
          memory.delete(key)
        },
        () => void memory.set(key, value),
      ),
    removeItem: (key) => {
      memory.delete(key)
      attempt(
        (storage) => storage.removeItem(key),
        () => undefined,
      )
    },
  }
}

/** The server keeps nothing: what one reader's document wrote, the next reader's would read. */
const empty: KeyValueStorage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined }

/** What this browser keeps for this site, between visits and for all tabs. */
export const browserStorage = isServer ? empty : createStorage(() => localStorage)

/** What this tab keeps over a reload. */
export const tabStorage = isServer ? empty : createStorage(() => sessionStorage)
