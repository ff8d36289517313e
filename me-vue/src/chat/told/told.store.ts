import type { Change, Message } from 'me-api/contract'
import { defineStore } from 'pinia'
import { computed, shallowRef, watch, watchEffect } from 'vue'
import type { ChatSocket } from '../../api/socket.ts'
import { usePresence } from '../../presence/presence.store.ts'
import { useChat } from '../chat.store.ts'
import { newestSeq } from '../message-log.ts'
import { useSeen } from '../seen.store.ts'
import { hearOf, hearOfRooms, newsAmong, unreadByRoom, type Heard } from './unread.ts'

/** What is unread, in every room, and who is told of it: the tab's title, the Chat tab, the app's icon. */
export const useTold = defineStore('told', () => {
  const chat = useChat()
  const presence = usePresence()
  const seen = useSeen()
  const heard = shallowRef<Heard>(new Map())
  const followed = new Set<string>()
  const selfId = () => chat.self?.id

  const unread = computed(() =>
    unreadByRoom(heard.value, { room: chat.room, log: chat.log, self: selfId() }, seen.upTo),
  )
  watchEffect(() => {
    presence.unread = [...unread.value.values()].reduce((sum, count) => sum + count, 0)
  })
  watch(() => presence.unread, badge, { immediate: true })

  /** Called once, by the chat. */
  function start(socket: ChatSocket): void {
    socket.on('welcome', ({ rooms }) => {
      followed.clear()
      heard.value = hearOfRooms(heard.value, rooms, true)
    })
    socket.on('room:changed', hear)
    watch(
      () => chat.rooms,
      (rooms) => (heard.value = hearOfRooms(heard.value, rooms, false)),
      { immediate: true },
    )
    watch(() => chat.log, hearHere, { immediate: true })
    watch([() => chat.rooms, () => chat.room, () => chat.connection.is], () => follow(socket), {
      immediate: true,
    })
  }

  /**
   * The other rooms are entered too, from where one has heard of them. Asking the server for all rooms now and then
   * would be late by its interval and cost a request each time; entering costs one, then nothing until somebody
   * speaks there, and a mention is heard in any room.
   */
  function follow(socket: ChatSocket): void {
    followed.delete(chat.room)
    if (chat.connection.is !== 'live') return
    for (const { name, seq } of chat.rooms) {
      if (name === chat.room || followed.has(name)) continue
      followed.add(name)
      // What was said before one ever heard of a room is not unread.
      if (seen.upTo(name) === null) seen.mark(name, seq)
      const after = heard.value.get(name)?.rev ?? null
      socket.emit('room:enter', { room: name, after }, (answer) => {
        if (answer.ok) hear(answer.data)
        else followed.delete(name)
      })
    }
  }

  function hear({ room, messages, to, reset }: Change): void {
    if (room === chat.room) return
    const known = heard.value.get(room)?.seq ?? 0
    const last = Math.max(known, ...messages.map(({ seq }) => seq))
    const mine = messages.every(({ author }) => author.id === selfId())
    if (mine && seen.upTo(room) === known) seen.mark(room, last)
    heard.value = hearOf(heard.value, room, last, to)
    if (!reset) tell(newsAmong(messages, known, selfId()))
  }

  function hearHere(log = chat.log, before = log): void {
    if (log.cursor === null) return
    heard.value = hearOf(heard.value, chat.room, newestSeq(log), log.cursor)
    if (before.cursor !== null) tell(newsAmong(log.messages, newestSeq(before), selfId()))
  }

  function tell(messages: readonly Message[]): void {
    void messages
  }

  return { unread, start }
})

/** On the app's icon, where there is one; a browser may refuse. */
function badge(count: number): void {
  navigator.setAppBadge?.(count).catch(() => undefined)
}
