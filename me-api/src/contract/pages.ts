import { z } from 'zod'
import { WEEK_MAX } from './limits.ts'
import { anyText, trimmedText } from './text.ts'

/** Fits into the body limit, with room for the rest of the request. */
const PAGE_TEXT_MAX = 60_000

const Href = z
  .string()
  .trim()
  .max(500)
  .regex(/^(https?:\/\/|mailto:)\S+$/i, 'must start with https://, http:// or mailto:')

export const Link = z.object({ label: trimmedText(60), href: Href })
export type Link = z.infer<typeof Link>

export const PresentationInput = z.object({
  name: trimmedText(80),
  headline: trimmedText(160),
  text: anyText(PAGE_TEXT_MAX),
  links: z.array(Link).max(12).default([]),
})
export type PresentationInput = z.infer<typeof PresentationInput>

export const Presentation = PresentationInput.extend({
  links: z.array(Link),
  html: z.string(),
  updatedAt: z.iso.datetime(),
}).meta({ id: 'Presentation' })
export type Presentation = z.infer<typeof Presentation>

export const Week = z.int().min(1).max(WEEK_MAX)

export const ReportInput = z.object({ title: trimmedText(120), text: trimmedText(PAGE_TEXT_MAX) })
export type ReportInput = z.infer<typeof ReportInput>

export const NewReport = ReportInput.extend({ week: Week })
export type NewReport = z.infer<typeof NewReport>

export const ReportSummary = z
  .object({ week: Week, title: z.string(), createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() })
  .meta({ id: 'ReportSummary' })
export type ReportSummary = z.infer<typeof ReportSummary>

export const Report = ReportSummary.extend({ text: z.string(), html: z.string() }).meta({ id: 'Report' })
export type Report = z.infer<typeof Report>

export const MarkdownInput = z.object({ text: z.string().max(PAGE_TEXT_MAX) })
export const Rendered = z.object({ html: z.string() }).meta({ id: 'Rendered' })
