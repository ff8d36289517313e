import type { MessageReads } from '../chat/messages/read-messages.ts'
import {
  type PageData,
  Presentation,
  type Privacy,
  Report,
  ReportSummary,
  RoomName,
} from '../contract/index.ts'
import { Refusal } from '../errors.ts'
import type { PresentationPages } from '../presentation/presentation.ts'
import type { Reports } from '../reports/reports.ts'
import type { PageCache } from './page-cache.ts'

type Parts = {
  presentation: Pick<PresentationPages, 'read'>
  reports: Pick<Reports, 'list' | 'all'>
  privacy: Privacy
  history: MessageReads['history']
  cache: PageCache
}

/** Reads what the page of a route shows, as for a reader who is not signed in. */
export function createPageDataReader({ presentation, reports, privacy, history, cache }: Parts) {
  // As REST answers: without what is only known here.
  const readPresentation = async () => Presentation.parse(await presentation.read())
  const readList = async () => (await reports.list()).map((report) => ReportSummary.parse(report))
  const readReports = async () =>
    new Map((await reports.all()).map((report) => [report.week, Report.parse(report)]))

  /** Whether everybody may read the room of an address, and it has the message that the address names. */
  async function isThere({ room, seq }: Record<string, unknown>): Promise<boolean> {
    const name = RoomName.safeParse(room)
    if (!name.success) return false
    const before = seq === undefined ? undefined : Number(seq) + 1
    try {
      const { messages } = await history(null, name.data, { before, limit: 1 })
      return seq === undefined || messages[0]?.seq === Number(seq)
    } catch (error) {
      // Of any other fault the page itself tells, and goes on when it is over.
      return !(error instanceof Refusal && error.code === 'NOT_FOUND')
    }
  }

  return async function read(name: string, params: Record<string, unknown>): Promise<PageData> {
    const data = { presentation: await cache.get('presentation', readPresentation) }
    if (name === 'privacy' || name === 'register') return { ...data, privacy }
    if (name === 'room' || name === 'message')
      return (await isThere(params)) ? data : { ...data, isThere: false }
    if (!['home', 'reports', 'report'].includes(name)) return data
    const list = await cache.get('report list', readList)
    if (name !== 'report') return { ...data, reports: list }
    const report = (await cache.get('reports', readReports)).get(weekOf(params['week'])) ?? null
    return { ...data, reports: list, report }
  }
}

export type ReadPageData = ReturnType<typeof createPageDataReader>

/** Reads a week as `/api/reports/week/:week` does; 0 is none. */
const weekOf = (week: unknown): number => (/^\d{1,2}$/.test(String(week)) ? Number(week) : 0)
