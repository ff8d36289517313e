import type { Change, Message } from 'me-api/contract'
import { LOBBY } from 'me-api/contract/limits'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch, watchEffect } from 'vue'
import { useRouter } from 'vue-router'
import { get } from '../../api/http.ts'
import type { ChatSocket } from '../../api/socket.ts'
import { loadMessages } from '../../i18n.ts'
import { usePresence } from '../../presence/presence.store.ts'
import { useChat } from '../chat.store.ts'
import { browserClock } from '../../platform/clock.ts'
import { newestSeq } from '../client/message-log.ts'
import { useIgnored } from '../preferences/ignored.store.ts'
import { useReadMarkers } from '../preferences/read-markers.store.ts'
import { claimNotifierLock } from './notifier-lock.ts'
import { usePreferences } from '../preferences/preferences.store.ts'
import { showNotification } from './show-notification.ts'
import { createNotifier } from './notifier.ts'
import { playNotificationSound } from './notification-sound.ts'
import { hearOf, hearOfRooms, newsAmong, unreadByRoom, type Heard } from './unread.ts'

/** What is unread, in every room, and who is told of it: the tab's title, the Chat tab, the app's icon. */
export const useNotifications = defineStore('told', () => {
  const chat = useChat()
  const presence = usePresence()
  const seen = useReadMarkers()
  const hidden = useIgnored()
  const heard = shallowRef<Heard>(new Map())
  const followed = new Set<string>()
  const selfId = () => chat.self?.id
  const router = useRouter()
  /** Since when it is live without a break, in milliseconds since 1970, and how often it had to come back. */
  const liveSince = ref<number>()
  const comebacks = ref(-1)
  const { tell } = createNotifier({
    clock: browserClock,
    tells: claimNotifierLock(),
    hidden: () => document.hidden,
    seenUpTo: seen.upTo,
    wants: usePreferences(),
    nick: () => chat.self?.nick,
    isMine,
    play: () => void playNotificationSound().catch(() => undefined),
    show: (message) => void showNotification(message, titleOf(message.room), () => void open(message.room)),
  })

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
    // Wanted most when nothing can be fetched any more.
    void Promise.all([import('../connection-status/ConnectionPanel.vue'), loadMessages('controls')]).catch(
      () => undefined,
    )
    watch(
      () => chat.connection.is === 'live',
      (live) => {
        liveSince.value = live ? Date.now() : undefined
        if (live) comebacks.value++
      },
      { immediate: true },
    )
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
    if (!reset) tellOf(messages, known)
  }

  function hearHere(log = chat.log, before = log): void {
    if (log.cursor === null) return
    heard.value = hearOf(heard.value, chat.room, newestSeq(log), log.cursor)
    if (before.cursor !== null) tellOf(log.messages, newestSeq(before))
  }

  function tellOf(messages: readonly Message[], known: number): void {
    tell(newsAmong(messages, known, selfId()).filter(({ author }) => !hidden.people.has(author.id)))
  }

  async function isMine(id: string): Promise<boolean> {
    const held = chat.log.messages.findLast((message) => message.id === id)
    const message = held ?? (await get<Message>(`/api/chat/messages/${id}`).catch(() => undefined))
    return message !== undefined && message.author.id === selfId()
  }

  const titleOf = (room: string) => chat.rooms.find(({ name }) => name === room)?.title ?? room
  const open = (room: string) => router.push(room === LOBBY ? '/chat' : `/chat/${room}`)

  return { unread, liveSince, comebacks, start }
})

/** On the app's icon, where there is one; a browser may refuse. */
function badge(count: number): void {
  navigator.setAppBadge?.(count).catch(() => undefined)
}
