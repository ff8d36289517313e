import type { MessageReads } from '../chat/messages/read-messages.ts'
import type { Rooms } from '../chat/rooms/rooms.ts'
import {
  type ChatPageData,
  HISTORY_LIMIT,
  LOBBY,
  type Message,
  type PageData,
  Presentation,
  type Privacy,
  Report,
  ReportSummary,
} from '../contract/index.ts'
import type { PresentationPages } from '../presentation/presentation.ts'
import type { Reports } from '../reports/reports.ts'
import type { PageCache } from './page-cache.ts'
import type { PageTalk } from './page-talk.ts'

type Parts = {
  presentation: Pick<PresentationPages, 'read'>
  reports: Pick<Reports, 'list' | 'all'>
  privacy: Privacy
  reads: Pick<MessageReads, 'history' | 'changes'>
  rooms: Pick<Rooms, 'list'>
  cache: PageCache
  talkAt: PageTalk
}

/** Reads what the page of a route shows, as for a reader who is not signed in. */
export function createPageDataReader(parts: Parts) {
  const { presentation, reports, privacy, reads, rooms, cache, talkAt } = parts

  // As REST answers: without what is only known here.
  const readPresentation = async () => Presentation.parse(await presentation.read())
  const readList = async () => (await reports.list()).map((report) => ReportSummary.parse(report))
  const readReports = async () =>
    new Map((await reports.all()).map((report) => [report.week, Report.parse(report)]))

  /** Reads the room of an address as somebody without a nick, and the messages around the one that it names. */
  async function readChat(
    name: unknown,
    seq: number | undefined,
  ): Promise<Pick<PageData, 'chat' | 'isThere'>> {
    const open = await rooms.list(null)
    const chat: ChatPageData = { rooms: open }
    const room = open.find((one) => one.name === name)
    if (!room) return { chat, isThere: false }
    const change = await reads.changes(null, room.name, null, HISTORY_LIMIT)
    const has = ({ messages }: { messages: Message[] }) => messages.some((message) => message.seq === seq)
    if (seq === undefined || has(change)) return { chat: { ...chat, change } }
    const around = await reads.history(null, room.name, {
      before: seq + HISTORY_LIMIT / 2 + 1,
      limit: HISTORY_LIMIT,
    })
    return has(around) ? { chat: { ...chat, around } } : { chat: { ...chat, change }, isThere: false }
  }

  async function talkOf(path: string): Promise<Pick<PageData, 'about'>> {
    const about = await talkAt(path)
    return about ? { about } : {}
  }

  return async function read(name: string, params: Record<string, unknown>): Promise<PageData> {
    const data = { presentation: await cache.get('presentation', readPresentation) }
    if (['privacy', 'register', 'sign-in', 'forgot-password'].includes(name)) return { ...data, privacy }
    // Those that are valid are shown by site/mail-pages.ts.
    if (name === 'answer' || name === 'unsubscribe') return { ...data, isThere: false }
    if (['chat', 'room', 'message'].includes(name)) {
      const { room = LOBBY, seq } = params
      // Of a fault the page itself tells, and goes on when it is over.
      return {
        ...data,
        ...(await readChat(room, seq === undefined ? seq : Number(seq)).catch(() => undefined)),
      }
    }
    if (!['home', 'reports', 'report'].includes(name)) return data
    const list = await cache.get('report list', readList)
    if (name === 'reports') return { ...data, reports: list }
    if (name === 'home') return { ...data, reports: list, ...(await talkOf('/')) }
    const report = (await cache.get('reports', readReports)).get(weekOf(params['week'])) ?? null
    return { ...data, reports: list, report, ...(report && (await talkOf(`/reports/week/${report.week}`))) }
  }
}

export type ReadPageData = ReturnType<typeof createPageDataReader>

/** Reads a week as `/api/reports/week/:week` does; 0 is none. */
const weekOf = (week: unknown): number => (/^\d{1,2}$/.test(String(week)) ? Number(week) : 0)
