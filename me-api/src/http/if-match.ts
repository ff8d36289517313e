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
  const tags = [...header.matchAll(/"(\d{1,15})"/g)].map(([, digits]) => Number(digits))
  const versions = version === undefined ? tags : tags.filter((tag) => tag === version)
  return { versions: versions.length > 0 ? versions : [NONE], status: 412 }
}

/** Sends the version as the answer's `ETag`. */
export function withETag<Page extends { version: number }>(res: Response, page: Page): Page {
  res.set('ETag', `"${page.version}"`)
  return page
}

/** Creates the refusal of a write that is based on another version than the current one. */
export const staleVersion = ({ status }: Expected, version: number): Refusal =>
  new Refusal('CONFLICT', `It was changed meanwhile. Its version is now ${version}.`, { status, version })
