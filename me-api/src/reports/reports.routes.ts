import { z } from 'zod'
import { NewReport, PAGE_BODY_MAX, Report, ReportInput, ReportSummary, Week } from '../contract/index.ts'
import { expectedOf, withETag } from '../http/if-match.ts'
import { type Route, route } from '../http/route.ts'
import type { Reports } from './reports.ts'

const OfWeek = z.object({
  week: z
    .string()
    .regex(/^\d{1,2}$/, 'must be a whole number from 1 to 53')
    .transform(Number)
    .pipe(Week),
})

export function reportRoutes(reports: Reports): Route[] {
  return [
    route({
      method: 'get',
      path: '/reports',
      who: 'all',
      summary: 'List the weekly reports, by week',
      answer: z.array(ReportSummary),
      handle: () => reports.list(),
    }),
    route({
      method: 'post',
      path: '/reports',
      who: 'owner',
      summary: 'Add a report',
      body: NewReport,
      bodyMax: PAGE_BODY_MAX,
      answer: Report,
      status: 201,
      logged: ({ body }) => ['create-report', String(body.week)],
      async handle({ body, res }) {
        const report = await reports.add(body)
        res.location(`/api/reports/week/${report.week}`)
        return withETag(res, report)
      },
    }),
    route({
      method: 'get',
      path: '/reports/week/:week',
      who: 'all',
      summary: 'Get a report',
      params: OfWeek,
      answer: Report,
      handle: async ({ params, res }) => withETag(res, await reports.read(params.week)),
    }),
    route({
      method: 'put',
      path: '/reports/week/:week',
      who: 'owner',
      summary: 'Replace a report',
      params: OfWeek,
      body: ReportInput,
      bodyMax: PAGE_BODY_MAX,
      ifMatch: true,
      answer: Report,
      logged: ({ params }) => ['save-report', String(params.week)],
      handle: async ({ params, body, req, res }) =>
        withETag(res, await reports.change(params.week, body, expectedOf(req, body.version))),
    }),
    route({
      method: 'delete',
      path: '/reports/week/:week',
      who: 'owner',
      summary: 'Delete a report',
      params: OfWeek,
      ifMatch: true,
      logged: ({ params }) => ['remove-report', String(params.week)],
      handle: ({ params, req }) => reports.remove(params.week, expectedOf(req)),
    }),
  ]
}
