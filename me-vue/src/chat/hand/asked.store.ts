import type { Person } from 'me-api/contract'
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Shown } from '../shown.ts'

/** Somebody, and what they said where it is about that. */
export type About = { person: Person; line?: Shown }

/** About whom or what one wants to do more; what can be done is loaded when it is asked for the first time. */
export const useAsked = defineStore('hand-asked', () => ({ about: shallowRef<About>() }))
