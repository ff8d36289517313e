import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { recall, remember } from '../../platform/local-storage.ts'

const KEY = 'me.chat.hidden'

/** People whose messages this reader hides: id → nick. Only this browser knows of it. */
export const useIgnored = defineStore('ignored', () => {
  const people = shallowRef<ReadonlyMap<string, string>>(read())

  function set(id: string, nick?: string): void {
    const next = new Map(people.value)
    if (nick === undefined) next.delete(id)
    else next.set(id, nick)
    people.value = next
    remember(KEY, JSON.stringify([...next]))
  }

  return { people, set }
})

function read(): Map<string, string> {
  try {
    return new Map(JSON.parse(recall(KEY) ?? '[]') as [string, string][])
  } catch {
    return new Map()
  }
}
