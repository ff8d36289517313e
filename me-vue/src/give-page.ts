import type { PageData } from 'me-api/contract'
import type { Pinia } from 'pinia'
import { usePageData } from './page-data.store.ts'
import { usePresentation } from './presentation/presentation.store.ts'
import { useReports } from './reports/reports.store.ts'

/** Gives the stores what the page at the address shows. */
export function givePage(data: PageData, pinia?: Pinia): void {
  usePageData(pinia).data = data
  usePresentation(pinia).show(data.presentation)
  const reports = useReports(pinia)
  if (data.reports) reports.list = data.reports.toSorted((a, b) => b.week - a.week)
  if (data.report) reports.read.set(data.report.week, data.report)
}
