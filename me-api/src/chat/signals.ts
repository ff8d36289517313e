import type { Message, Notice, Person, PresenceChange, Room, TypingChange } from '../contract/index.ts'
import { createSignal } from '../signal.ts'

export type ConversationSignal = { room: string; of: 'owner' | 'person' | 'both'; isGone: boolean }

/**
 * The chat's events besides its rooms' logs. They are created before everything else: rules emit and transports
 * subscribe, so that no rule needs a transport.
 */
export function createSignals(onFault: (error: unknown) => void) {
  return {
    /** A room was removed with its messages. */
    roomRemoved: createSignal<string>(onFault),
    /** A room was added, changed or removed; carries all rooms. */
    roomsChanged: createSignal<Room[]>(onFault),
    presenceChanged: createSignal<PresenceChange>(onFault),
    typingChanged: createSignal<TypingChange>(onFault),
    /** A notice for all connections of a person. */
    notice: createSignal<{ personId: string; notice: Notice }>(onFault),
    /** A notice for all connections that only read during a ban. */
    banNotice: createSignal<Notice>(onFault),
    /** A person was banned: all of their connections have to be closed. */
    personBanned: createSignal<string>(onFault),
    /** An account was deleted, a bot removed, or a visitor has signed out everywhere: nobody has this identity any more. */
    identityEnded: createSignal<string>(onFault),
    /** A bot has another token: connections with the one before have to be closed. */
    botTokenReplaced: createSignal<string>(onFault),
    /** Visitors who are connected here, and whose nick may be somebody else's: they have to come again. */
    nicksLost: createSignal<ReadonlySet<string>>(onFault),
    /**
     * A private conversation was begun, read by one of the two, or removed; `of` names those of the two for whom it is
     * another one now. New words come by the log.
     */
    conversationChanged: createSignal<ConversationSignal>(onFault),
    /** Everything that an identity wrote was erased. */
    wordsErased: createSignal<string>(onFault),
    /** Somebody has reported a message to the owner. */
    messageReported: createSignal<Message>(onFault),
    /** A webhook was switched off because it does not work. */
    webhookSwitchedOff: createSignal<void>(onFault),
    /** Somebody has a new nick. */
    renamed: createSignal<Person>(onFault),
    /** More addresses were banned: connections from them have to be closed. */
    addressesBanned: createSignal<void>(onFault),
  }
}

export type Signals = ReturnType<typeof createSignals>
