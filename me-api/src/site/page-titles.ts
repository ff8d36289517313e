import type { PresentationPages } from '../presentation/presentation.ts'
import type { Reports } from '../reports/reports.ts'

type Parts = { presentation: Pick<PresentationPages, 'read'>; reports: Pick<Reports, 'list'> }

/** Returns a function that tells what home or a report is called; null if there is no such page. */
export const createPageTitles = ({ presentation, reports }: Parts) =>
  async function titleOf(path: string): Promise<string | null> {
    if (path === '/') return (await presentation.read()).name
    const week = Number(/^\/reports\/week\/(\d+)$/.exec(path)?.[1])
    return (await reports.list()).find((report) => report.week === week)?.title ?? null
  }
