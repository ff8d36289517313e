import type { Ack, Change, Failure, HistoryPage, Message } from 'me-api/contract'
import { shallowRef } from 'vue'
import { addHistory, applyChange, learn, type MessageLog } from './message-log.ts'

type Parts = {
  name: string
  /** What is known of the room before it is entered. */
  begin: MessageLog
  /** `room:enter`; rejects where no answer came within `patience` milliseconds. */
  enter: (entry: { room: string; after: number | null }, patience: number) => Promise<Ack<Change>>
  fetchHistory: (room: string, before: number) => Promise<HistoryPage>
  fetchChanges: (room: string, after: number | null) => Promise<Change>
  /** What a change brought; the log has it by now. */
  onArrived: (messages: readonly Message[]) => void
  /** Something is missing, and asking for it did not help. */
  onStuck: (entry: Entry) => void
}

/** The result of catching up. */
export type Entry = 'entered' | 'silent' | Failure

/** One room of this reader: enters it, follows its changes, closes gaps, and fetches older messages. */
export function createRoomReader({
  name,
  begin,
  enter,
  fetchHistory,
  fetchChanges,
  onArrived,
  onStuck,
}: Parts) {
  const log = shallowRef(begin)
  const history = shallowRef<'idle' | 'loading' | 'failed'>('idle')
  const early: Change[] = []
  let entering: Promise<Entry> | undefined
  let fetching: Promise<void> | undefined
  let behind = false

  /** From the cursor on; changes that arrive meanwhile wait for the answer. */
  function catchUp(patience: number): Promise<Entry> {
    entering ??= askUntilWhole(patience).finally(() => (entering = undefined))
    return entering
  }

  async function askUntilWhole(patience: number): Promise<Entry> {
    do {
      behind = false
      const answer = await enter({ room: name, after: log.value.cursor }, patience).catch(() => undefined)
      if (!answer) return 'silent'
      if (!answer.ok) return answer.error
      take(answer.data)
      early.splice(0).forEach(take)
    } while (behind)
    return 'entered'
  }

  async function receive(change: Change, patience: number): Promise<void> {
    if (change.room !== name) return
    if (entering) return void early.push(change)
    take(change)
    if (!behind) return
    const entry = await catchUp(patience)
    if (entry !== 'entered') onStuck(entry)
  }

  /** What is new, asked for over HTTP: there is something to read while there is no connection. */
  async function read(): Promise<void> {
    const { cursor } = log.value
    const change = await fetchChanges(name, cursor).catch(() => undefined)
    // The connection was quicker: an answer that starts over would take its messages away.
    if (change && cursor === log.value.cursor) take(change)
  }

  function take(change: Change): void {
    const next = applyChange(log.value, change)
    if (!next) behind = true
    else {
      log.value = next
      onArrived(change.messages)
    }
  }

  function loadOlder(): Promise<void> {
    fetching ??= fetchOlder().finally(() => (fetching = undefined))
    return fetching
  }

  async function fetchOlder(): Promise<void> {
    const first = log.value.messages[0]
    if (!first || !log.value.older) return
    history.value = 'loading'
    try {
      const page = await fetchHistory(name, first.seq)
      log.value = addHistory(log.value, page, first.seq)
      history.value = 'idle'
    } catch {
      history.value = 'failed'
    }
  }

  /** An answer to something done here is a message's state too, and may be earlier than its Change. */
  function learnOf(message: Message): void {
    if (message.room === name) log.value = learn(log.value, message)
  }

  return { name, log, history, catchUp, receive, read, loadOlder, learn: learnOf }
}

export type RoomReader = ReturnType<typeof createRoomReader>
