import type { Notice, PresenceChange, Room, TypingChange } from '../contract/index.ts'

/** Something that happens. Its producer knows none of those who hear of it. */
export type Signal<Data> = {
  /** Calls every subscriber, in the order of subscribing. One that throws disturbs neither the producer nor the others. */
  emit: (data: Data) => void
  subscribe: (subscriber: (data: Data) => void) => void
}

/** `onFault` gets what a subscriber throws. */
export function createSignal<Data>(onFault: (error: unknown) => void): Signal<Data> {
  const subscribers: ((data: Data) => void)[] = []
  return {
    emit(data) {
      for (const subscriber of subscribers) {
        try {
          subscriber(data)
        } catch (error) {
          onFault(error)
        }
      }
    },
    subscribe: (subscriber) => void subscribers.push(subscriber),
  }
}

/**
 * What happens in the chat beside its rooms' logs. It is made before everything else: rules emit and transports
 * subscribe, so that no rule needs a transport.
 */
export function createSignals(onFault: (error: unknown) => void) {
  return {
    /** A room was removed with its messages. */
    roomRemoved: createSignal<string>(onFault),
    /** A room was made, changed or removed: all rooms. */
    roomsChanged: createSignal<Room[]>(onFault),
    presenceChanged: createSignal<PresenceChange>(onFault),
    typingChanged: createSignal<TypingChange>(onFault),
    /** For all connections of a person. */
    notice: createSignal<{ personId: string; notice: Notice }>(onFault),
    /** For all connections that only read while a ban lasts. */
    banNotice: createSignal<Notice>(onFault),
    /** All connections of a person are to be closed. */
    personBanned: createSignal<string>(onFault),
    /** More addresses are banned: connections that come from there are to be closed. */
    addressesBanned: createSignal<void>(onFault),
  }
}

export type Signals = ReturnType<typeof createSignals>
