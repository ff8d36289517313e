import { shallowRef } from 'vue'
import { inOrder, type OutboxEntry } from './outbox-entry.ts'

/** Where errands outlive their tab. Every method rejects where the browser does not let it. */
export type OutboxStorage = {
  all: () => Promise<OutboxEntry[]>
  put: (errand: OutboxEntry) => Promise<void>
  /** Only where it is still there: another tab may have dropped it. */
  change: (errand: OutboxEntry) => Promise<void>
  drop: (key: string) => Promise<void>
}

type Parts = {
  shelf: OutboxStorage
  /** The shelf is another one: all tabs have to look. */
  onKept: () => void
  /** The list here is another one, or what of it is on the shelf. */
  onChanged: () => void
}

/**
 * The list of errands, here at once and on the shelf a little later. The shelf is the truth, and the same for all
 * tabs; what it does not take is kept here for as long as the tab lives.
 */
export function createOutboxEntries({ shelf, onKept, onChanged }: Parts) {
  const list = shallowRef<readonly OutboxEntry[]>([])
  /** What the shelf did not take. */
  const loose = shallowRef<ReadonlyMap<string, OutboxEntry>>(new Map())
  let edition = 0

  function add(errand: OutboxEntry): Promise<void> {
    show([...without(errand.key), errand])
    return kept(errand, shelf.put(errand))
  }

  function change(errand: OutboxEntry): Promise<void> {
    if (!find(errand.key)) return Promise.resolve()
    show(list.value.map((one) => (one.key === errand.key ? errand : one)))
    return kept(errand, loose.value.has(errand.key) ? shelf.put(errand) : shelf.change(errand))
  }

  function drop(key: string): Promise<void> {
    forget(key)
    return shelf.drop(key).then(onKept, () => undefined)
  }

  /** Another tab has dropped it. */
  function forget(key: string): void {
    setLoose(key)
    if (find(key)) show(without(key))
  }

  /** What the shelf holds by now, unless something was done here meanwhile: then it is asked again. */
  async function read(): Promise<void> {
    const before = edition
    const all = await shelf.all().catch(() => null)
    if (!all) return
    if (before !== edition) return read()
    const held = new Set(all.map(({ key }) => key))
    show([...all, ...[...loose.value.values()].filter(({ key }) => !held.has(key))])
  }

  async function kept(errand: OutboxEntry, done: Promise<void>): Promise<void> {
    try {
      await done
      setLoose(errand.key)
    } catch {
      if (find(errand.key)?.at === errand.at) setLoose(errand.key, errand)
    }
    onKept()
  }

  function show(errands: readonly OutboxEntry[]): void {
    edition++
    list.value = inOrder(errands)
    onChanged()
  }

  function setLoose(key: string, errand?: OutboxEntry): void {
    if (!errand && !loose.value.has(key)) return
    const next = new Map(loose.value)
    if (errand) next.set(key, errand)
    else next.delete(key)
    loose.value = next
    onChanged()
  }

  const find = (key: string) => list.value.find((one) => one.key === key)
  const without = (key: string) => list.value.filter((one) => one.key !== key)

  return { list, loose, add, change, drop, forget, read, find }
}
