import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { browserStorage } from '../../platform/browser-storage.ts'
import { isServer } from '../../platform/is-server.ts'

const KEY = 'me.chat.hidden'

/** People whose messages this reader hides: id → nick. Only this browser knows of it. */
export const useIgnored = defineStore('ignored', () => {
  const people = shallowRef<ReadonlyMap<string, string>>(read())

  if (!isServer)
    addEventListener('storage', ({ key }) => {
      if (key === null || key === KEY) people.value = read()
    })

  function set(id: string, nick?: string): void {
    // What another tab has written meanwhile stays.
    const next = read()
    if (nick === undefined) next.delete(id)
    else next.set(id, nick)
    people.value = next
    browserStorage.setItem(KEY, JSON.stringify([...next]))
  }

  return { people, set }
})

function read(): Map<string, string> {
  try {
    return new Map(JSON.parse(browserStorage.getItem(KEY) ?? '[]') as [string, string][])
  } catch {
    return new Map()
  }
}
