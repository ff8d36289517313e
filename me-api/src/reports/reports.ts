import type { Selectable } from 'kysely'
import type { Clock } from '../clock.ts'
import type { NewReport, Report, ReportInput, ReportSummary } from '../contract/index.ts'
import type { AlsoStored, ReportsTable } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import { type Expected, type Rendered, staleVersion } from '../http/if-match.ts'
import { renderMarkdown } from '../markdown.ts'
import type { ReportsStore } from './reports.store.ts'

type Parts = {
  store: ReportsStore
  clock: Clock
  /** Returns what has to be stored together with a new report, if anything. */
  noteCreated?: (week: number) => AlsoStored | undefined
  /** Called after each write and removal. */
  onChanged: () => void
}

export function createReports({ store, clock, noteCreated = () => undefined, onChanged }: Parts) {
  /** Returns why a report was not changed: it is not there, or has another version. */
  async function notChanged(week: number, expected: Expected | undefined): Promise<Refusal> {
    const row = await store.find(week)
    return row && expected ? staleVersion(expected, row.updated_at) : noReport(week)
  }

  return {
    /** Returns the reports by week, without their texts. */
    list: async (): Promise<ReportSummary[]> => (await store.list()).map(toSummary),

    /** Returns the reports by week, with their texts. */
    all: async (): Promise<Rendered<Report>[]> => (await store.all()).map(toReport),

    async read(week: number): Promise<Rendered<Report>> {
      const row = await store.find(week)
      if (!row) throw noReport(week)
      return toReport(row)
    },

    async add(report: NewReport): Promise<Rendered<Report>> {
      const now = clock.now()
      const row = await store.insert(
        { ...report, html: renderMarkdown(report.text), created_at: now, updated_at: now },
        noteCreated(report.week),
      )
      if (!row)
        throw new Refusal('CONFLICT', `There is already a report on week ${report.week}.`, {
          pointer: '/week',
        })
      onChanged()
      return toReport(row)
    },

    /** Refuses a report whose version is none of the expected ones. */
    async change(
      week: number,
      { title, text }: Pick<ReportInput, 'title' | 'text'>,
      expected?: Expected,
    ): Promise<Rendered<Report>> {
      const changes = { title, text, html: renderMarkdown(text), updated_at: clock.now() }
      const row = await store.update(week, changes, expected?.versions)
      if (!row) throw await notChanged(week, expected)
      onChanged()
      return toReport(row)
    },

    /** Renders what was stored before the rules of rendering changed. Called at the start. */
    async renderAnew(): Promise<void> {
      for (const { week, text, html, updated_at } of await store.all()) {
        const rendered = renderMarkdown(text)
        if (rendered !== html) await store.replaceHtml(week, updated_at, rendered)
      }
    },

    async remove(week: number, expected?: Expected): Promise<void> {
      if (!(await store.remove(week, expected?.versions))) throw await notChanged(week, expected)
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
  version: row.updated_at,
  createdAt: new Date(row.created_at).toISOString(),
  updatedAt: new Date(row.updated_at).toISOString(),
})

const toReport = (row: Selectable<ReportsTable>): Rendered<Report> => ({
  ...toSummary(row),
  text: row.text,
  html: row.html,
  renderings: row.renderings,
})
