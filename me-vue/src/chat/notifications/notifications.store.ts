import type { Change, Message, Room } from 'me-api/contract'
import { isPrivate } from 'me-api/contract/conversation-name'
import { defineStore } from 'pinia'
import { computed, shallowRef, watch, watchEffect } from 'vue'
import { useRouter } from 'vue-router'
import type { ChatSocket } from '../../api/socket.ts'
import { usePresence } from '../../presence/presence.store.ts'
import { useChat } from '../chat.store.ts'
import { browserClock } from '../../platform/clock.ts'
import { findMention } from '../formatting/mentions.ts'
import { getInRoom } from '../client/get-in-room.ts'
import { newestSeq } from '../client/message-log.ts'
import { useIgnored } from '../preferences/ignored.store.ts'
import { useReadMarkers } from '../preferences/read-markers.store.ts'
import { roomPath } from '../rooms/room-path.ts'
import { nicksOf } from '../timeline/nicks-of.ts'
import { followConversations } from '../conversations/follow-conversations.ts'
import { createRoomFollower } from './follow-rooms.ts'
import { claimNotifierLock } from './notifier-lock.ts'
import { usePreferences } from '../preferences/preferences.store.ts'
import { showNotification } from './show-notification.ts'
import { createNotifier } from './notifier.ts'
import { playNotificationSound } from './notification-sound.ts'
import { newMessages, unreadByRoom, withProgress, withRooms, type RoomProgress } from './unread.ts'

/** What is unread in every room, and who is notified: the tab's title, the Chat tab, the app's icon. */
export const useNotifications = defineStore('notifications', () => {
  const chat = useChat()
  const presence = usePresence()
  const readMarkers = useReadMarkers()
  const ignored = useIgnored()
  const router = useRouter()
  const progress = shallowRef<RoomProgress>(new Map())
  const selfId = () => chat.self?.id
  const isNotifier = claimNotifierLock()
  const { notify, update } = createNotifier({
    clock: browserClock,
    isNotifier: () => isNotifier.value,
    hidden: () => document.hidden,
    readUpTo: readMarkers.upTo,
    preferences: usePreferences(),
    nick: () => chat.self?.nick,
    nicks: () => nicksOf(chat.log.messages, chat.people).values(),
    isMine,
    play: () => void playNotificationSound().catch(() => undefined),
    show: (message) => showNotification(message, titleOf(message.room), () => void open(message.room)),
  })

  const unread = computed(() =>
    unreadByRoom(progress.value, { room: chat.room, log: chat.log, self: selfId() }, readMarkers.upTo),
  )
  /** The server counts what is unread in private conversations; of the one that is shown, `unread` says more. */
  const unreadInPrivate = computed(() =>
    chat.conversations.reduce((sum, { name, unread }) => (name === chat.room ? sum : sum + unread), 0),
  )
  watchEffect(() => {
    // Until the rooms are known, what the page has counted itself stands.
    if (progress.value.size === 0) return
    presence.unread = [...unread.value.values()].reduce((sum, count) => sum + count, unreadInPrivate.value)
    if (presence.unread === 0) presence.mentioned = false
  })
  watch(() => presence.unread, badge, { immediate: true })

  /** Called once, when the chat starts. */
  function start(socket: ChatSocket): void {
    socket.on('welcome', ({ rooms }) => {
      progress.value = withRooms(progress.value, rooms, true)
      rooms.forEach(forgetLostMessages)
    })
    watch(
      () => chat.rooms,
      (rooms) => (progress.value = withRooms(progress.value, rooms, false)),
      { immediate: true },
    )
    watch(() => chat.log, noteShownRoom, { immediate: true })
    const followRooms = createRoomFollower({
      socket,
      cursorOf: (room) => progress.value.get(room)?.rev ?? null,
      // What was said before this browser first heard of a room is not unread.
      onFollow: ({ name, seq }) => readMarkers.upTo(name) === null && readMarkers.mark(name, seq),
      onChange: noteOtherRoom,
    })
    followConversations({ chat, onUnread: ({ last }) => last && notifyOf([last], 0) })
    watch(
      [() => chat.rooms, () => chat.room, () => chat.connection.is],
      ([rooms, room, is]) => is === 'live' && followRooms(rooms, room),
      { immediate: true },
    )
  }

  /** A room is shorter than it was read after an older copy of the server's data was restored. */
  function forgetLostMessages({ name, seq }: Room): void {
    if ((readMarkers.upTo(name) ?? 0) > seq) readMarkers.mark(name, seq)
  }

  function noteOtherRoom({ room, messages, to, reset }: Change): void {
    if (room === chat.room) return
    update(messages)
    const known = progress.value.get(room)?.seq ?? 0
    const last = Math.max(known, ...messages.map(({ seq }) => seq))
    const mine = messages.every(({ author }) => author.id === selfId())
    if (mine && readMarkers.upTo(room) === known) readMarkers.mark(room, last)
    progress.value = withProgress(progress.value, room, last, to)
    if (!reset) notifyOf(messages, known)
  }

  function noteShownRoom(log = chat.log, before = log): void {
    if (log.cursor === null) return
    update(log.messages)
    progress.value = withProgress(progress.value, chat.room, newestSeq(log), log.cursor)
    if (before.cursor !== null) notifyOf(log.messages, newestSeq(before))
  }

  function notifyOf(messages: readonly Message[], known: number): void {
    const others = newMessages(messages, known, selfId()).filter(
      ({ author }) => !ignored.people.has(author.id),
    )
    notify(others)
    others.forEach((message) => void noteMention(message))
  }

  async function noteMention({ room, seq, text }: Message): Promise<void> {
    const nick = chat.self?.nick
    const isMeant = nick && (await findMention(text, nick, nicksOf(chat.log.messages, chat.people).values()))
    if (isMeant && presence.unread > 0 && seq > (readMarkers.upTo(room) ?? 0)) presence.mentioned = true
  }

  async function isMine(id: string): Promise<boolean> {
    const held = chat.log.messages.findLast((message) => message.id === id)
    const message =
      held ?? (await getInRoom<Message>(chat.room, `/api/chat/messages/${id}`).catch(() => undefined))
    return message !== undefined && message.author.id === selfId()
  }

  const titleOf = (room: string) =>
    (isPrivate(room) ? chat.conversations : chat.rooms).find(({ name }) => name === room)?.title ?? room
  const open = (room: string) => router.push(roomPath(room))

  return { unread, unreadInPrivate, start, isNotifier }
})

/** The app icon's badge, where there is one; a browser may refuse it. */
function badge(count: number): void {
  navigator.setAppBadge?.(count).catch(() => undefined)
}
