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

/** What the site's server bundle makes of an address. */
export type RenderedPage = {
  /** The name of the address's route, `nowhere` where it has none. */
  name: string
  /** The address's path as the site itself writes it: without a slash at the end, in lower case. */
  path: string
  data: PageData
  /** Of the document, as plain text. */
  title: string
  /** A sentence about the page; none where the owner's own text says more. */
  description: string | undefined
  /** What stands in `#app`; none where only the browser makes the page. */
  html: string | undefined
}
