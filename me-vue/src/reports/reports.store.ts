import type { NewReport, Report, ReportInput, ReportSummary } from 'me-api/contract'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { get, request, unlessKept, type ApiError } from '../api/http.ts'

const path = (week: string | number) => `/api/reports/week/${encodeURIComponent(week)}`

export const useReports = defineStore('reports', () => {
  /** By week, the latest first; `undefined` until it is known. */
  const list = ref<ReportSummary[]>()
  const failure = ref<ApiError>()
  /** Those read or written here, so that going back shows them at once. */
  const read = ref(new Map<number, Report>())
  const latest = computed(() => list.value?.slice(0, 3))

  async function loadList(): Promise<void> {
    failure.value = undefined
    try {
      list.value = (await get<ReportSummary[]>('/api/reports')).toSorted((a, b) => b.week - a.week)
    } catch (error) {
      failure.value = await unlessKept(error)
    }
  }

  async function load(week: string, signal?: AbortSignal): Promise<Report> {
    return keep(await get<Report>(path(week), signal))
  }

  async function create(report: NewReport): Promise<Report> {
    return keep(await request<Report>('POST', '/api/reports', { body: report }))
  }

  async function save(week: number, report: ReportInput): Promise<Report> {
    return keep(await request<Report>('PUT', path(week), { body: report }))
  }

  async function remove(week: number): Promise<void> {
    await request('DELETE', path(week))
    read.value.delete(week)
    list.value = list.value?.filter((report) => report.week !== week)
  }

  function keep(report: Report): Report {
    read.value.set(report.week, report)
    if (list.value)
      list.value = [...list.value.filter(({ week }) => week !== report.week), report].toSorted(
        (a, b) => b.week - a.week,
      )
    return report
  }

  return { list, latest, failure, read, loadList, load, create, save, remove }
})
