import type { Selectable } from 'kysely'
import type { Clock } from '../clock.ts'
import type { NewReport, Report, ReportInput, ReportSummary } from '../contract/index.ts'
import type { ReportsTable } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import { renderMarkdown } from '../markdown.ts'
import type { ReportsStore } from './reports.store.ts'

type Parts = {
  store: ReportsStore
  clock: Clock
  /** Called after each write and removal. */
  onChanged: () => void
}

export function createReports({ store, clock, onChanged }: Parts) {
  return {
    /** Returns the reports by week, without their texts. */
    list: async (): Promise<ReportSummary[]> => (await store.list()).map(toSummary),

    /** Returns the reports by week, with their texts. */
    all: async (): Promise<Report[]> => (await store.all()).map(toReport),

    async read(week: number): Promise<Report> {
      const row = await store.find(week)
      if (!row) throw noReport(week)
      return toReport(row)
    },

    async add(report: NewReport): Promise<Report> {
      const now = clock.now()
      const row = await store.insert({
        ...report,
        html: renderMarkdown(report.text),
        created_at: now,
        updated_at: now,
      })
      if (!row)
        throw new Refusal('CONFLICT', `There is already a report on week ${report.week}.`, {
          pointer: '/week',
        })
      onChanged()
      return toReport(row)
    },

    async change(week: number, { title, text }: ReportInput): Promise<Report> {
      const row = await store.update(week, {
        title,
        text,
        html: renderMarkdown(text),
        updated_at: clock.now(),
      })
      if (!row) throw noReport(week)
      onChanged()
      return toReport(row)
    },

    async remove(week: number): Promise<void> {
      if (!(await store.remove(week))) throw noReport(week)
      onChanged()
    },
  }
}

export type Reports = ReturnType<typeof createReports>

const noReport = (week: number) => new Refusal('NOT_FOUND', `There is no report on week ${week}.`)

const toSummary = (
  row: Pick<Selectable<ReportsTable>, 'week' | 'title' | 'created_at' | 'updated_at'>,
): ReportSummary => ({
  week: row.week,
  title: row.title,
  createdAt: new Date(row.created_at).toISOString(),
  updatedAt: new Date(row.updated_at).toISOString(),
})

const toReport = (row: Selectable<ReportsTable>): Report => ({
  ...toSummary(row),
  text: row.text,
  html: row.html,
})
