import type { Conversation, Message } from 'me-api/contract'
import { defineStore } from 'pinia'
import { markRaw, shallowRef } from 'vue'
import { useAccount } from '../accounts/account.store.ts'
import { createSocket, goOver, onceClosed } from '../api/socket.ts'
import { loadControlMessages } from './control-messages.ts'
import { browserStorage, tabStorage } from '../platform/browser-storage.ts'
import { usePageData } from '../page-data.store.ts'
import { createChatClient } from './client/chat-client.ts'
import { browserClock } from '../platform/clock.ts'
import { fetchChanges, fetchHistory } from './client/fetch-history.ts'
import { createCredentials } from './client/credentials.ts'
import { getInRoom } from './client/get-in-room.ts'
import type { MessageLog } from './client/message-log.ts'
import { uuid } from './outbox/uuid.ts'
import { claimTabId } from './client/tab-id.ts'

/** The chat with this browser's parts; chat/start-chat.ts connects it. */
export const useChat = defineStore('chat', () => {
  const account = useAccount()
  const page = usePageData()

  const credentials = createCredentials({
    local: browserStorage,
    tab: claimTabId(tabStorage, window, uuid),
    signedIn: () => account.user !== undefined,
  })
  const socket = markRaw(createSocket(credentials.handshake))
  const chat = createChatClient({
    socket,
    onceClosed: (call) => onceClosed(socket, call),
    goOver: (transport) => goOver(socket, transport),
    session: tabStorage,
    clock: browserClock,
    random: Math.random,
    networkUp: () => navigator.onLine,
    credentials,
    loadWriteActions: async (access) => {
      const [part] = await Promise.all([import('./outbox/create-write-actions.ts'), loadControlMessages()])
      return part.createWriteActionsHere(access)
    },
    askWithProof: (ask, signal) =>
      import('../proof-of-work/solve-challenge.ts').then((part) => part.solveAndAsk(ask, signal)),
    fetchHistory,
    fetchChanges,
    known: () => page.data?.chat,
    fetchMessage: (id, room) => getInRoom<Message>(room, `/api/chat/messages/${id}`),
  })

  /** What was kept of the room at an earlier visit, while the room itself cannot be reached. */
  const kept = shallowRef<MessageLog>()
  /** One's private conversations; filled by conversations/follow-conversations.ts. */
  const conversations = shallowRef<readonly Conversation[]>([])

  return { ...chat, socket, kept, conversations }
})
