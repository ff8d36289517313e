import { shallowRef } from 'vue'
import { inOrder, type OutboxEntry } from './outbox-entry.ts'

/** Where entries outlive their tab. Every method rejects where the browser does not let it. */
export type OutboxStorage = {
  all: () => Promise<OutboxEntry[]>
  put: (entry: OutboxEntry) => Promise<void>
  /** Only where it is still there: another tab may have dropped it. */
  change: (entry: OutboxEntry) => Promise<void>
  drop: (key: string) => Promise<void>
}

type Parts = {
  storage: OutboxStorage
  /** The storage has changed: all tabs have to read it. */
  onKept: () => void
  /** The list in memory has changed, or which of it is stored. */
  onChanged: () => void
}

/**
 * The list of entries, here at once and on the storage a little later. The storage is the truth, and the same for all
 * tabs; what it does not take is kept here for as long as the tab lives.
 */
export function createOutboxEntries({ storage, onKept, onChanged }: Parts) {
  const list = shallowRef<readonly OutboxEntry[]>([])
  /** What the storage did not take. */
  const loose = shallowRef<ReadonlyMap<string, OutboxEntry>>(new Map())
  let edition = 0

  function add(entry: OutboxEntry): Promise<void> {
    show([...without(entry.key), entry])
    return kept(entry, storage.put(entry))
  }

  function change(entry: OutboxEntry): Promise<void> {
    if (!find(entry.key)) return Promise.resolve()
    show(list.value.map((one) => (one.key === entry.key ? entry : one)))
    return kept(entry, loose.value.has(entry.key) ? storage.put(entry) : storage.change(entry))
  }

  function drop(key: string): Promise<void> {
    forget(key)
    return storage.drop(key).then(onKept, () => undefined)
  }

  /** Another tab has dropped it. */
  function forget(key: string): void {
    setLoose(key)
    if (find(key)) show(without(key))
  }

  /** What the storage holds by now, unless something was done here meanwhile: then it is asked again. */
  async function read(): Promise<void> {
    const before = edition
    const all = await storage.all().catch(() => null)
    if (!all) return
    if (before !== edition) return read()
    const held = new Set(all.map(({ key }) => key))
    show([...all, ...[...loose.value.values()].filter(({ key }) => !held.has(key))])
  }

  async function kept(entry: OutboxEntry, done: Promise<void>): Promise<void> {
    try {
      await done
      setLoose(entry.key)
    } catch {
      if (find(entry.key)?.at === entry.at) setLoose(entry.key, entry)
    }
    onKept()
  }

  function show(entries: readonly OutboxEntry[]): void {
    edition++
    list.value = inOrder(entries)
    onChanged()
  }

  function setLoose(key: string, entry?: OutboxEntry): void {
    if (!entry && !loose.value.has(key)) return
    const next = new Map(loose.value)
    if (entry) next.set(key, entry)
    else next.delete(key)
    loose.value = next
    onChanged()
  }

  const find = (key: string) => list.value.find((one) => one.key === key)
  const without = (key: string) => list.value.filter((one) => one.key !== key)

  return { list, loose, add, change, drop, forget, read, find }
}
