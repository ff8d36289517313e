import { z } from 'zod'

/** A solved challenge; an invalid value counts as none. */
export const Proof = z
  .string()
  .max(4_000)
  .nullish()
  .catch(null)
  .meta({ type: 'string', description: 'a solved challenge: base64 of JSON {challenge, solution}' })
