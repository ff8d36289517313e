import type { Privacy } from 'me-api/contract'
import { ref } from 'vue'
import { get } from '../api/http.ts'
import { usePageData } from '../page-data.store.ts'

/** Who may register here; undefined until that is known. Where it cannot be read, the server decides when one tries. */
export function useRegistration() {
  const allowed = ref(usePageData().data?.privacy?.registration)
  if (allowed.value) return allowed
  get<Privacy>('/api/privacy').then(
    ({ registration }) => (allowed.value = registration),
    () => (allowed.value = 'open'),
  )
  return allowed
}
