import type { PageData } from 'me-api/contract'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

/**
 * What came with the document, until another page opens: what is here needs not be fetched. Undefined on a page that
 * came without its content.
 */
export const usePageData = defineStore('page-data', () => ({
  data: shallowRef<PageData>(),
  /** Of when the page is, ISO 8601, where it is shown as it was kept because the server does not answer. */
  keptAt: ref<string>(),
}))
