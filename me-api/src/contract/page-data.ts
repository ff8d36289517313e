import type { Presentation, Report, ReportSummary } from './pages.ts'
import type { Privacy } from './privacy.ts'

/** What the page at an address shows: the server makes its document of it, and the browser goes on with it. */
export type PageData = {
  presentation: Presentation
  /** By week. */
  reports?: ReportSummary[]
  /** Null where there is no report on that week. */
  report?: Report | null
  privacy?: Privacy
  /** False where the chat has no room or message at the address. */
  isThere?: false
}
