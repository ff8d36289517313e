import type { Selectable } from 'kysely'
import type { Clock } from '../clock.ts'
import type { NewReport, Report, ReportInput, ReportSummary } from '../contract/index.ts'
import type { ReportsTable } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import { renderMarkdown } from '../http/markdown.ts'
import type { ReportsStore } from './reports.store.ts'

export function createReports({ store, clock }: { store: ReportsStore; clock: Clock }) {
  /** Edits of this process: two of them may fall into one millisecond. */
  let edits = 0

  async function find(week: number): Promise<Report | null> {
    const row = await store.find(week)
    return row ? toReport(row) : null
  }

  return {
    /** By week. */
    list: async (): Promise<ReportSummary[]> => (await store.list()).map(toSummary),

    /** By week, with their texts. */
    all: async (): Promise<Report[]> => (await store.all()).map(toReport),

    /** Another one whenever a report was added, changed or removed, also by another process; cheap to ask for. */
    async revision(): Promise<string> {
      const { count, updated_at } = await store.extent()
      return `${edits} ${count} ${updated_at}`
    },

    find,

    async read(week: number): Promise<Report> {
      const report = await find(week)
      if (!report) throw noReport(week)
      return report
    },

    async add(report: NewReport): Promise<Report> {
      const now = clock.now()
      const row = await store.insert({
        ...report,
        html: renderMarkdown(report.text),
        created_at: now,
        updated_at: now,
      })
      edits++
      if (!row)
        throw new Refusal('CONFLICT', `There is a report on week ${report.week} already.`, {
          pointer: '/week',
        })
      return toReport(row)
    },

    async change(week: number, { title, text }: ReportInput): Promise<Report> {
      const row = await store.update(week, {
        title,
        text,
        html: renderMarkdown(text),
        updated_at: clock.now(),
      })
      edits++
      if (!row) throw noReport(week)
      return toReport(row)
    },

    async remove(week: number): Promise<void> {
      if (!(await store.remove(week))) throw noReport(week)
      edits++
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
