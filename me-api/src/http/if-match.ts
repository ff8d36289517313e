import type { Request, Response } from 'express'
import { Refusal } from '../errors.ts'

/** The state that a client's write is based on: any of `versions`; `status` is for a write that is based on another. */
export type Expected = { versions: number[]; status: 409 | 412 }

/** A version that nothing has. */
const NONE = -1

/**
 * Returns the versions that a write may replace, from `If-Match` (RFC 9110 §13.1.1) and the body's `version`; undefined
 * if neither is given. A weak tag counts too, because proxies that compress make the server's tags weak, and a version
 * is exact all the same.
 */
export function expectedOf(req: Request, version?: number): Expected | undefined {
  const header = req.get('if-match')?.trim()
  if (header === undefined || header === '*')
    return version === undefined ? undefined : { versions: [version], status: 409 }
  // Any rendering of a version has its text.
  const tags = [...header.matchAll(/"(\d{1,15})(?:\.\d{1,9})?"/g)].map(([, digits]) => Number(digits))
  const versions = version === undefined ? tags : tags.filter((tag) => tag === version)
  return { versions: versions.length > 0 ? versions : [NONE], status: 412 }
}

/** A page, and how often its HTML was made anew since it was saved, which its readers learn from the `ETag` alone. */
export type Rendered<Page> = Page & { renderings: number }

/**
 * Sends the version as the answer's `ETag`, `"7"`; with the number of renderings, `"7.1"`, where there was one since the
 * save, so that nobody keeps the HTML of an older program.
 */
export function withETag<Page extends { version: number }>(
  res: Response,
  { renderings, ...page }: Rendered<Page>,
): Omit<Rendered<Page>, 'renderings'> {
  res.set('ETag', `"${page.version}${renderings > 0 ? `.${renderings}` : ''}"`)
  return page
}

/** Creates the refusal of a write that is based on another version than the current one. */
export const staleVersion = ({ status }: Expected, version: number): Refusal =>
  new Refusal('CONFLICT', `It was changed meanwhile. Its version is now ${version}.`, { status, version })
