import { type TitleOf, createPlaces } from './about/places.ts'
import { startAbout } from './about/start-about.ts'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { AccountLog } from '../accounts/account-log.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { Owner } from '../accounts/owner.ts'
import type { Tokens } from '../accounts/tokens.ts'
import { type Clock, doneWithin } from '../clock.ts'
import type { Config } from '../config.ts'
import { LESSON_ROOM, siteLanguageOf } from '../contract/index.ts'
import type { OneAtATime } from '../db/one-at-a-time.ts'
import type { UsedOnce } from '../db/used-once.ts'
import type { Database } from '../db/tables.ts'
import type { AddressOf } from '../http/client-address.ts'
import type { Cookies } from '../http/cookies.ts'
import type { LogFault } from '../http/fault-log.ts'
import type { Origins } from '../http/origins.ts'
import type { SiteHost } from '../http/site-host.ts'
import type { Upgrades } from '../http/upgrades.ts'
import type { Mailer } from '../mail/mailer.ts'
import type { ClaimNick } from '../nicks/claim-nick.ts'
import type { Interchange } from '../nodes/interchange.ts'
import type { Tallies } from '../nodes/tallies.ts'
import type { NickHolds } from '../nicks/nick-holds.ts'
import type { Regulars } from '../nicks/regulars.ts'
import { startBots } from './bots/start-bots.ts'
import { startConversations } from './conversations/start-conversations.ts'
import { startDepartures } from './departures/start-departures.ts'
import { createHooks } from './hooks/hooks.ts'
import { startIdentity } from './identity/start-identity.ts'
import { startLog } from './log/start-log.ts'
import { startMail } from './mail/start-mail.ts'
import { createFormMessages } from './messages/form-messages.ts'
import { createMessageRules } from './messages/messages.ts'
import { messageRoutes } from './messages/messages.routes.ts'
import { createMessageReads } from './messages/read-messages.ts'
import type { Metrics } from './metrics/chat-metrics.ts'
import { startModeration } from './moderation/start-moderation.ts'
import { startMyData } from './my-data/start-my-data.ts'
import { createAway } from './presence/away.ts'
import { createPresence } from './presence/presence.ts'
import { presenceRoutes } from './presence/presence.routes.ts'
import { createTyping } from './presence/typing.ts'
import { startPush } from './push/start-push.ts'
import { createChatLimits } from './rate-limits/chat-limits.ts'
import type { ReadRule } from './rooms/read-rule.ts'
import { createRetention } from './rooms/retention.ts'
import { createRooms } from './rooms/rooms.ts'
import { roomRoutes } from './rooms/rooms.routes.ts'
import { createRoomsStore } from './rooms/rooms.store.ts'
import { createSearch } from './search/search.ts'
import { searchRoutes } from './search/search.routes.ts'
import { createSearchStore } from './search/search.store.ts'
import { watchRooms } from './rooms/watch-rooms.ts'
import { shareSignals } from './share-signals.ts'
import { createSignals } from './signals.ts'
import { createPrivateReaders } from './conversations/private-readers.ts'
import { startTransports } from './transports/start-transports.ts'
import type { WebhookOutbox } from './webhooks/outbox.ts'
import { startWebhooks } from './webhooks/start-webhooks.ts'

/** Milliseconds that pending writes have to be stored when the server stops; a lost database may never answer. */
const STORING_MAX = 2_000

type Parts = {
  config: Config
  db: Database
  upgrades: Upgrades
  clock: Clock
  log: Logger
  logFault: LogFault
  accounts: Accounts
  accountLog: AccountLog
  owner: Owner
  tokens: Tokens
  /** The key of address hashes and challenges. */
  secret: string
  /** What signs the links in mails: the first signs, all are believed. */
  secrets: string[]
  /** Null where the site sends no mail. */
  mailer: Mailer | null
  siteName: () => Promise<string | null>
  ownAddress: () => string
  nickHolds: NickHolds
  claimNick: ClaimNick
  regulars: Regulars
  siteHost: SiteHost
  cookies: Cookies
  origins: Origins
  addressOf: AddressOf
  metrics: Metrics
  mayRead: ReadRule
  titleOf: TitleOf
  webhookOutbox: WebhookOutbox
  interchange: Interchange
  tallies: Tallies
  usedOnce: UsedOnce | null
  oneAtATime: OneAtATime
}

/** Assembles the chat: the log, the rules, then the transports that serve them. */
export async function startChat(parts: Parts) {
  const { config, db, clock, interchange, oneAtATime, log, owner, addressOf, metrics, mayRead } = parts
  const signals = createSignals((error) => log.error({ err: error }, 'a signal could not be passed on'))
  const { onlyHere } = shareSignals(signals, interchange)
  parts.nickHolds.onLost(signals.nicksLost.emit)
  const limits = createChatLimits({ ...parts, settings: config })
  const started = startLog({
    db,
    clock,
    log,
    logFault: parts.logFault,
    mayRead,
    interchange,
    note: parts.webhookOutbox.note,
    measured: metrics.ofStore,
  })
  const { messages, changes, roomLog, writeToMany } = started

  const roomsStore = createRoomsStore(db)
  const rooms = createRooms({
    store: roomsStore,
    clock,
    signals,
    mayRead,
    tellNodes: () => void interchange.send('rooms', null),
  })
  const reads = createMessageReads({ rooms, store: messages, changes })
  const moderation = await startModeration({ ...parts, signals, onlyHere, writeToMany, messages, reads })
  const { bots, ...ofBots } = startBots({ ...parts, rooms, signals })
  const identity = await startIdentity({
    ...parts,
    ...{ bots, limits, moderation, signals },
    noteJoined: (id) => parts.webhookOutbox.noteOf('visitor.joined', id),
  })
  const places = createPlaces(parts.titleOf)
  const rules = createMessageRules({
    ...moderation,
    store: messages,
    roomLog,
    rooms,
    limits,
    newcomers: identity.newcomers,
    regulars: parts.regulars,
    places,
    note: moderation.moderation.noted,
  })
  const { conversations, ...ofConversations } = startConversations({ ...parts, rules, signals })
  const search = createSearch({ store: createSearchStore(db, config.DATABASE_URL.kind), rooms })
  const presence = createPresence({ clock, interchange, tell: signals.presenceChanged.emit })
  const privateReaders = createPrivateReaders(signals)
  const about = startAbout({ ...parts, bus: started.bus, rooms, places, privateReaders })
  const away = createAway({ clock, interchange })
  const typing = createTyping({ clock, interchange, tell: signals.typingChanged.emit })
  // A muted or banned person no longer counts as writing.
  signals.notice.subscribe(({ personId }) => typing.gone({ id: personId }))
  const retention = createRetention({
    store: roomsStore,
    clock,
    days: config.CHAT_RETENTION_DAYS,
    oneAtATime,
    onFault: (error) => log.error({ err: error }, 'old messages could not be removed'),
  })
  await retention.start()
  await rooms.look()
  started.bus.start(await roomsStore.all())
  const webhooks = startWebhooks({ ...parts, signals, rooms, outbox: parts.webhookOutbox })
  const transports = startTransports({
    ...parts,
    signals,
    limits,
    started,
    bots,
    identity,
    moderation,
    rooms,
    rules,
    reads,
    presence,
    away,
    conversations,
    typing,
    privateReaders,
  })

  async function loadRest(): Promise<void> {
    await webhooks.look()
    await moderation.moderation.catchUp(() => transports.people().map(({ id }) => id))
    await identity.visitors.endSignedOut()
    await transports.endStaleBots()
    for (const person of await identity.renamedAmong(transports.people))
      onlyHere(() => signals.renamed.emit(person))
  }
  watchRooms({
    look: async () => [
      ...(await rooms.look()),
      ...(await roomsStore.reached(LESSON_ROOM)),
      ...(await ofConversations.look()),
    ],
    bus: started.bus,
    interchange,
    clock,
    loadRest,
    onFault: (error) => parts.logFault(log, error, 'the rooms could not be looked at'),
  })
  interchange.onMeeting(() => void clock.after(0, () => loadRest().catch(() => undefined)))

  const departures = startDepartures({
    ...moderation,
    db,
    clock,
    interchange,
    oneAtATime,
    log,
    signals,
    writeToMany,
  })
  const attendance = {
    isAway: away.isAway,
    isMemberThere: () => presence.members().some((id) => !away.isAway(id)),
  }
  const mail = startMail({ ...parts, attendance, rooms, reads, rules, conversations })
  const push = await startPush({
    ...parts,
    signals,
    moderation,
    bus: started.bus,
    attendance,
    conversations,
    mailReport: mail.noteReport,
  })
  await departures.start()

  /** Stores what waits. A database that fails or does not answer is logged, and keeps nobody from closing. */
  async function storePending(): Promise<void> {
    try {
      if (await doneWithin(STORING_MAX, roomLog.flush().then(identity.close))) return
      log.error('the database does not answer; the server stops without it')
    } catch (error) {
      log.error({ err: error }, 'not everything could be stored before the stop')
    }
  }

  return {
    io: transports.io,
    /** Whether somebody uses none of their tabs, on any node. */
    isAway: away.isAway,
    poll: transports.poll,
    /** Why no pushes are sent, see chat/push/start-push.ts. */
    whyNoPushes: push.whyOff,
    callers: identity.callers,
    hooks: createHooks({
      bots,
      rules,
      messages,
      limits,
      secret: parts.secret,
      language: siteLanguageOf(config.SITE_LANGUAGE),
    }),
    formMessages: createFormMessages({ guests: identity.guests, rules, rooms, secret: parts.secret }),
    /** What documents show: read as by somebody without a nick. */
    forDocuments: { reads, rooms, readAbout: about.read },
    /** What the links in mails open; null where the site sends no mail. */
    forMailPages: mail.forDocuments,
    /** What the lesson shows, and where it speaks. */
    forLesson: { bus: started.bus, roomLog, ...transports.forLesson },
    /** What changes of accounts mean in the chat. */
    forAccounts: {
      callers: identity.callers,
      mayRegister: identity.mayRegister,
      carryOver: moderation.moderation.carryOver,
      mayRename: identity.mayRename,
      renamed: signals.renamed.emit,
      signOutVisitor: identity.visitors.signOut,
      finishDeparture: departures.finish,
    },
    routes: [
      ...roomRoutes(rooms),
      ...ofConversations.routes,
      ...moderation.routes,
      ...startMyData({ db, erase: moderation.erase, tallies: parts.tallies }).routes,
      ...messageRoutes({ rules, reads, addressOf, ownHostOf: parts.siteHost.ownHostOf }),
      ...searchRoutes(search),
      ...about.routes,
      ...identity.routes,
      ...ofBots.routes(rules),
      ...push.routes,
      ...webhooks.routes,
      ...mail.routes,
      ...presenceRoutes({ presence, ownerLastSeen: owner.lastSeen }),
      ...transports.routes,
    ],

    /**
     * Announces the restart, continues to serve for `linger` milliseconds, stores and acknowledges pending writes,
     * and closes.
     */
    async close(linger: number): Promise<void> {
      transports.announceRestart()
      await pause(linger)
      transports.endLongPolls()
      about.end()
      await storePending()
      await transports.close()
      mail.close()
      await Promise.all([push.close(), webhooks.close()])
    },
  }
}
