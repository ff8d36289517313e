/** A browser's storage that may be forbidden or full: then what is kept lasts as long as the page. */
export function safeStorage(pick: () => Storage): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
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
        (storage) => storage.setItem(key, value),
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

/** What this browser keeps for this site, between visits and for all tabs. */
export const browserStorage = safeStorage(() => localStorage)
