import { z } from 'zod'
import { WEEK_MAX } from './limits.ts'
import { anyText, trimmedText } from './text.ts'

/** The longest text of a page, in code points. */
const PAGE_TEXT_MAX = 60_000

/**
 * The largest body that carries a page, in bytes: a code point takes up to 4 bytes, and 12 where JSON escapes it
 * (`\\ud83e\\udd8a`), as many programs do; and there is room for the rest of the request.
 */
export const PAGE_BODY_MAX = 768 * 1024

/** Grows with each save. A save that names another version than the stored one is refused. */
const Version = z.int().nonnegative()
const basedOn = Version.optional().describe('the version that this replaces; without it, whichever is stored')

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
  version: basedOn,
})
export type PresentationInput = z.infer<typeof PresentationInput>

export const Presentation = PresentationInput.extend({
  links: z.array(Link),
  version: Version,
  html: z.string(),
  language: z.string().meta({ description: 'BCP 47, of all that the owner writes' }),
  updatedAt: z.iso.datetime(),
}).meta({ id: 'Presentation' })
export type Presentation = z.infer<typeof Presentation>

export const Week = z.int().min(1).max(WEEK_MAX)

export const ReportInput = z.object({
  title: trimmedText(120),
  text: trimmedText(PAGE_TEXT_MAX),
  version: basedOn,
})
export type ReportInput = z.infer<typeof ReportInput>

export const NewReport = ReportInput.omit({ version: true }).extend({ week: Week })
export type NewReport = z.infer<typeof NewReport>

export const ReportSummary = z
  .object({
    week: Week,
    title: z.string(),
    version: Version,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'ReportSummary' })
export type ReportSummary = z.infer<typeof ReportSummary>

export const Report = ReportSummary.extend({ text: z.string(), html: z.string() }).meta({ id: 'Report' })
export type Report = z.infer<typeof Report>

export const MarkdownInput = z.object({ text: anyText(PAGE_TEXT_MAX) })
export const Rendered = z.object({ html: z.string() }).meta({ id: 'Rendered' })
