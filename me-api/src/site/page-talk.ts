import type { ReadAbout } from '../chat/about/read-about.ts'
import type { Clock } from '../clock.ts'
import type { AboutPage } from '../contract/index.ts'
import { createBriefCache } from './brief-cache.ts'

/** Messages in a page's document. */
const SHOWN_MAX = 20
/** Milliseconds for which what was read is taken for current. */
const LIFETIME = 1_000
/** Pages about which there may be messages, as their addresses are written. */
const aboutPath = /^\/(?:reports\/week\/0?([1-9]\d?))?$/

type Parts = { read: ReadAbout; clock: Clock }

/**
 * Returns a function that reads what everybody may read about the page at a path, for its document: undefined where
 * there is no such page, or the messages cannot be read now. The answer is the same object until the messages change, so
 * that a document is made anew only then.
 */
export function createPageTalk({ read, clock }: Parts) {
  const brief = createBriefCache<AboutPage | undefined>(clock, LIFETIME)
  const latest = new Map<string, { talk: AboutPage; json: string }>()

  async function look(path: string): Promise<AboutPage> {
    const talk = await read(null, { path, limit: SHOWN_MAX })
    const json = JSON.stringify(talk)
    const before = latest.get(path)
    if (before?.json === json) return before.talk
    latest.set(path, { talk, json })
    return talk
  }

  return async function talkAt(address: string): Promise<AboutPage | undefined> {
    const found = aboutPath.exec(address)
    if (!found) return undefined
    const path = found[1] ? `/reports/week/${found[1]}` : '/'
    return brief.get(path, () => look(path).catch(() => undefined))
  }
}

export type PageTalk = ReturnType<typeof createPageTalk>
