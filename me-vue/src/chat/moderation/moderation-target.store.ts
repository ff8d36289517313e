import type { Message, Person } from 'me-api/contract'
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

/** A person, and the message if the action is about one. */
export type About = { person: Person; message?: Pick<Message, 'id' | 'author' | 'text' | 'deletedAt'> }

/** The target of the moderation sheet; the actions are loaded when it opens for the first time. */
export const useModerationTarget = defineStore('moderation-target', () => ({ about: shallowRef<About>() }))
