import { z } from 'zod'
import { lengthOf, storable } from './text.ts'

/** A page of this site that messages may be about: home and the reports. */
export const AboutPath = z
  .string()
  .regex(/^\/(?:reports\/week\/[1-9]\d{0,8})?$/, 'must be / or /reports/week/ and a number')

const quoted = (max: number) =>
  z
    .string()
    .transform(storable)
    .pipe(
      z.string().refine((text) => text.length <= 2 * max && lengthOf(text) <= max, {
        error: `must be at most ${max} characters`,
      }),
    )
    .meta({ maxLength: max })

/**
 * A passage, and what stands before and after it: a text-quote selector of the Web Annotation Data Model (W3C, §4.2.4). It
 * is found again where the page was edited since.
 */
export const Quote = z
  .object({ exact: z.string(), prefix: z.string(), suffix: z.string() })
  .meta({ id: 'Quote' })
export type Quote = z.output<typeof Quote>

const QuoteDraft = z.object({
  exact: quoted(300).refine((text) => text.trim() !== '', 'must not be empty'),
  prefix: quoted(32).default(''),
  suffix: quoted(32).default(''),
})

/** What a client says of the place; the title is the server's. */
export const AboutDraft = z.object({ path: AboutPath, quote: QuoteDraft.optional() })
export type AboutDraft = z.output<typeof AboutDraft>

/** The page, and where given the passage of it, that a message is about. It never changes. */
export const About = z
  .object({
    path: AboutPath,
    title: z.string().describe('what the page was called when the message was sent'),
    quote: Quote.optional(),
  })
  .meta({ id: 'About' })
export type About = z.output<typeof About>

/** How many read a page now, in browsers that let themselves be counted. */
export const Readers = z.object({ count: z.int() }).meta({ id: 'Readers' })
export type Readers = z.output<typeof Readers>
