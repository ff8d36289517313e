import type { Message, Person } from 'me-api/contract'
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

/** Somebody, and what they said where it is about that. */
export type About = { person: Person; message?: Pick<Message, 'id' | 'author' | 'text' | 'deletedAt'> }

/** About whom or what one wants to do more; what can be done is loaded when it is asked for the first time. */
export const useModerationTarget = defineStore('moderation-target', () => ({ about: shallowRef<About>() }))
