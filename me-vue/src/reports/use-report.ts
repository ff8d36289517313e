import type { Report } from 'me-api/contract'
import { computed, onScopeDispose, ref, watch } from 'vue'
import { ApiError, unlessKept } from '../api/http.ts'
import { usePageData } from '../page-data.store.ts'
import { useReports } from './reports.store.ts'

/** The report of a week, which may change while it loads; the answer for another week is dropped. */
export function useReport(week: () => string) {
  const reports = useReports()
  const page = usePageData()
  const report = ref<Report>()
  const failure = ref<ApiError>()
  /** No such week, or nothing that could be a week. */
  const missing = computed(() => failure.value?.status === 404 || failure.value?.status === 400)
  let underway = new AbortController()

  async function load(): Promise<void> {
    underway.abort()
    const { signal } = (underway = new AbortController())
    report.value = reports.read.get(Number(week()))
    failure.value = page.data?.report === null ? new ApiError(404, 'NOT_FOUND', '') : undefined
    if (page.data?.report !== undefined) return
    try {
      const answer = await reports.load(week(), signal)
      if (!signal.aborted) report.value = answer
    } catch (error) {
      const shown = await unlessKept(error)
      if (!signal.aborted) failure.value = shown
    }
  }
  // What the page shows may come anew: as it was kept, or from the server after that.
  watch([week, () => page.data], load, { immediate: true })
  onScopeDispose(() => underway.abort())

  return { report, failure, missing, load }
}
