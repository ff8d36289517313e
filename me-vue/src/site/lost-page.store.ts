import { defineStore } from 'pinia'
import { ref } from 'vue'

/** The path of a page whose files could not be fetched, until another page opens. */
export const useLostPage = defineStore('lost-page', () => ({ path: ref<string>() }))
