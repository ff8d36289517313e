import type { Privacy } from 'me-api/contract'
import { ref } from 'vue'
import { get } from '../api/http.ts'
import { usePageData } from '../page-data.store.ts'

type SiteSettings = Pick<Privacy, 'registration' | 'mail'>

/**
 * Who may register here, and whether the site sends mail; undefined until that is known. Where it cannot be read, the server
 * decides when one tries.
 */
export function useSiteSettings() {
  const settings = ref<SiteSettings | undefined>(usePageData().data?.privacy)
  if (settings.value) return settings
  get<SiteSettings>('/api/privacy').then(
    (read) => (settings.value = read),
    () => (settings.value = { registration: 'open', mail: false }),
  )
  return settings
}
