import compression from 'compression'
import express from 'express'
import type { Logger } from 'pino'
import { passkeySiteOf } from './accounts/passkey-site.ts'
import { startAccounts } from './accounts/start-accounts.ts'
import { siteOf } from './http/network-address.ts'
import { createAddressLimiter } from './chat/rate-limits/rate-limiter.ts'
import { createClaimNick } from './nicks/claim-nick.ts'
import { createNickHolds } from './nicks/nick-holds.ts'
import { createNickHoldsStore } from './nicks/nick-holds.store.ts'
import { createRegularsStore } from './nicks/regulars.store.ts'
import { createRegulars } from './nicks/regulars.ts'
import { createSharedNickHolds } from './nicks/shared-nick-holds.ts'
import { type ReadRule, usualReadRule } from './chat/rooms/read-rule.ts'
import { hookDescription, hookRoutes } from './chat/hooks/hooks.routes.ts'
import { startChat } from './chat/start-chat.ts'
import { createWebhookOutbox } from './chat/webhooks/outbox.ts'
import { createWebhooksStore } from './chat/webhooks/webhooks.store.ts'
import { type Clock, doneWithin, guardTasks } from './clock.ts'
import type { Config } from './config.ts'
import { startScrub } from './db/scrub.ts'
import type { Database } from './db/tables.ts'
import { Refusal } from './errors.ts'
import { createLogAddressHash } from './http/log-address-hash.ts'
import { createClientAddress } from './http/client-address.ts'
import { apiDocs } from './http/api-docs.ts'
import { describeEvents } from './http/asyncapi.ts'
import { createCookies } from './http/cookies.ts'
import { evaluateConditions } from './http/conditional-requests.ts'
import { createErrorHandler } from './http/error-handler.ts'
import { createFaultLog } from './http/fault-log.ts'
import { createFairQueue } from './http/fair-queue.ts'
import { health } from './http/health.ts'
import { createHttpServer } from './http/http-server.ts'
import { createChatForm, createFormWriterOf } from './site/chat-form.ts'
import { createMailPages } from './site/mail-pages.ts'
import { createPageCache } from './site/page-cache.ts'
import { feedRoutes } from './site/feeds.ts'
import { describeApi } from './http/openapi.ts'
import { createMetrics } from './chat/metrics/chat-metrics.ts'
import { metricsRoute } from './http/metrics-route.ts'
import { createOrigins } from './http/origins.ts'
import { ownAddressOf } from './http/own-address.ts'
import { createDocuments } from './site/documents.ts'
import { createPageTitles } from './site/page-titles.ts'
import { createPageDataReader } from './site/page-data.ts'
import { createPageTalk } from './site/page-talk.ts'
import { loadSiteRenderer } from './site/site-renderer.ts'
import { createRequestLimit } from './http/request-limit.ts'
import { requestLog } from './http/request-log.ts'
import { mount } from './http/route.ts'
import { crossOrigin, refuseFor, securityHeaders } from './http/security.ts'
import { createStaticSite, mayCompress } from './site/static-site.ts'
import { createSiteHost } from './http/site-host.ts'
import { createUpgrades } from './http/upgrades.ts'
import { watchPages } from './site/watch-pages.ts'
import { webManifest } from './site/web-manifest.ts'
import { startLesson } from './lesson/start-lesson.ts'
import { createMailer } from './mail/mailer.ts'
import { startNodes } from './nodes/start-nodes.ts'
import { createPresentation } from './presentation/presentation.ts'
import { presentationRoutes } from './presentation/presentation.routes.ts'
import { createPresentationStore } from './presentation/presentation.store.ts'
import { privacyOf, privacyRoutes } from './privacy/privacy.routes.ts'
import { createReports } from './reports/reports.ts'
import { reportRoutes } from './reports/reports.routes.ts'
import { createReportsStore } from './reports/reports.store.ts'

/** Milliseconds that tasks under way may hold up a stop, as where the database does not answer. */
const TASKS_MAX = 1_000

export type Parts = {
  config: Config
  db: Database
  clock: Clock
  log: Logger
  secrets: string[]
  /** The built site. */
  siteDirectory: string
  version: string
  /** A rule who may read which room, beside the usual one. */
  mayRead?: ReadRule
}

export type App = Awaited<ReturnType<typeof createApp>>

/** Assembles the application: one HTTP server with REST, sockets and the site. It does not listen yet. */
export async function createApp({
  config,
  db,
  secrets,
  siteDirectory,
  version,
  mayRead: alsoMayRead = () => true,
  ...parts
}: Parts) {
  const mayRead: ReadRule = (by, room) => usualReadRule(by, room) && alsoMayRead(by, room)
  const clock = guardTasks(parts.clock, (error) => log.error({ err: error }, 'a task failed'))
  const maskAddress = createLogAddressHash(clock)
  // An address is logged as `client`, and so as its hash, wherever that is.
  const log = parts.log.child({}, { serializers: { client: maskAddress } })
  const logFault = createFaultLog({ log, clock })
  const app = express()
  let isStopping = false
  const siteHost = createSiteHost({ siteUrl: config.SITE_URL, trustedProxies: config.TRUST_PROXY })
  const upgrades = createUpgrades({
    mayUpgrade: (req) => siteHost.refusalOf(req) === null,
    onFault: (error) => log.error({ err: error }, 'an upgrade failed'),
  })
  const cookies = createCookies(siteHost)
  const origins = createOrigins({ others: config.SITE_ORIGINS, siteHost })
  const addressOf = createClientAddress({
    trustedProxies: config.TRUST_PROXY,
    warn: () =>
      log.warn(
        'A proxy forwards requests, but TRUST_PROXY is 0: addresses behind it are neither limited nor banned. Set TRUST_PROXY to the number of proxies in front.',
      ),
  })

  const { interchange, tallies, usedOnce, oneAtATime } = await startNodes({ config, db, secrets, clock, log })
  startScrub({
    db,
    kind: config.DATABASE_URL.kind,
    clock,
    oneAtATime,
    onFault: (error) => log.error({ err: error }, 'overwritten content is still in the database files'),
  })
  const metrics = createMetrics()
  const cache = createPageCache(clock)
  function onChanged(): void {
    cache.changed()
    interchange.send('pages', null)
  }
  interchange.on('pages', cache.changed)
  interchange.onMeeting(cache.changed)
  watchPages({
    db,
    cache,
    interchange,
    clock,
    onFault: (error) => logFault(log, error, 'the pages could not be looked at'),
  })
  const presentation = createPresentation({
    store: createPresentationStore(db),
    clock,
    language: config.SITE_LANGUAGE,
    onChanged,
  })
  const webhookOutbox = createWebhookOutbox({ store: createWebhooksStore(db), mayRead, clock })
  await webhookOutbox.load()
  const reports = createReports({
    store: createReportsStore(db),
    clock,
    noteCreated: (week) => webhookOutbox.noteOf('report.created', String(week)),
    onChanged,
  })

  await presentation.renderAnew()
  await reports.renderAnew()

  const nickHolds = interchange.isShared
    ? createSharedNickHolds({
        store: createNickHoldsStore(db),
        clock,
        onFault: (error) => logFault(log, error, 'the nicks of connected visitors could not be renewed'),
      })
    : createNickHolds({ clock })
  const regulars = createRegulars({
    store: createRegularsStore(db),
    clock,
    onFault: (error) => logFault(log, error, 'a regular could not be noted'),
  })
  const claimNick = createClaimNick({ nickHolds, regulars })
  const siteName = presentation.name
  const { SMTP_URL, MAIL_FROM } = config
  const mailer = SMTP_URL && MAIL_FROM ? createMailer({ server: SMTP_URL, from: MAIL_FROM, siteName }) : null
  /** The site's origin for links in mails that nobody's request names. */
  const ownAddress = () => ownAddressOf(server, config)
  const {
    accounts,
    accountLog,
    owner,
    tokens,
    routes: accountRoutes,
  } = await startAccounts({
    config,
    db,
    clock,
    log,
    secrets,
    claimNick,
    tallies,
    usedOnce,
    siteName,
    mailer,
    ownAddress,
  })

  const chat = await startChat({
    config,
    db,
    upgrades,
    clock,
    log,
    logFault,
    accounts,
    accountLog,
    owner,
    tokens,
    secret: secrets[0] ?? '',
    secrets,
    mailer,
    siteName,
    ownAddress,
    nickHolds,
    claimNick,
    regulars,
    siteHost,
    cookies,
    origins,
    addressOf,
    metrics,
    mayRead,
    webhookOutbox,
    titleOf: createPageTitles({ presentation, reports }),
    interchange,
    tallies,
    usedOnce,
    oneAtATime,
  })

  const lesson = await startLesson({
    ...chat.forLesson,
    db,
    clock,
    log,
    logFault,
    oneAtATime,
    tallies,
    addressOf,
  })

  const listener = createFairQueue({
    listener: (req, res) => void (chat.poll(req, res) || app(req, res)),
    addressOf,
    siteOf,
    onFault: (error) => log.error({ err: error }, 'a request failed'),
  })
  const { server, close: closeServer } = createHttpServer(listener, upgrades)

  const routes = [
    ...presentationRoutes(presentation),
    ...reportRoutes(reports),
    ...privacyRoutes(config),
    ...accountRoutes({
      ...chat.forAccounts,
      cookies,
      addressOf,
      originOf: siteHost.originOf,
      passkeySite: (req) => passkeySiteOf(req, siteHost),
    }),
    ...chat.routes,
    ...lesson.routes,
  ]
  const charge = createRequestLimit({
    limitRequests: createAddressLimiter(
      config.LIMIT_REQUESTS,
      'Too many requests from your address.',
      'LIMIT_REQUESTS',
      tallies.of('requests'),
    ),
    addressOf,
    isOwner: chat.callers.isOwner,
  })
  const { readAbout, ...readsOfChat } = chat.forDocuments
  const talkAt = createPageTalk({ read: readAbout, clock })
  const documents = createDocuments({
    directory: siteDirectory,
    renderPage: await loadSiteRenderer(siteDirectory),
    readPageData: createPageDataReader({
      presentation,
      reports,
      privacy: privacyOf(config),
      ...readsOfChat,
      cache,
      talkAt,
    }),
    cache,
    talkAt,
    clock,
    originOf: siteHost.originOf,
    isSecure: siteHost.isSecure,
    writerOf: createFormWriterOf({ callers: chat.callers, cookies }),
    networkOf: (req) => {
      const address = addressOf(req)
      return address && siteOf(address)
    },
  })

  app.disable('x-powered-by')
  app.set('trust proxy', config.TRUST_PROXY)
  app.use(
    requestLog(log, addressOf, maskAddress),
    evaluateConditions,
    securityHeaders(documents.scriptHashes),
    compression({ filter: mayCompress }),
    refuseFor(siteHost.unreadable),
    health({ db, clock, version, interchange, isStopping: () => isStopping }),
    metricsRoute({ registry: metrics.registry, token: config.METRICS_TOKEN, hostOf: siteHost.hostOf }),
  )
  app.use(refuseFor(siteHost.refusalOf), refuseFor(origins.refusalOf))
  app.use(
    '/api',
    crossOrigin(origins),
    charge(1),
    apiDocs({
      describeRoutes: () => describeApi(routes, version, hookDescription),
      describeEvents: () => describeEvents(version),
      charge,
    }),
    mount(routes, { callers: chat.callers, charge, logAction: accountLog.add }),
    unknownPath,
  )
  app.use(hookRoutes({ hooks: chat.hooks, charge }))
  app.use(['/feed.xml', '/sitemap.xml', '/robots.txt', '/site.webmanifest'], charge(1))
  app.use(
    feedRoutes({ presentation, reports, cache, originOf: siteHost.originOf }),
    webManifest(presentation),
    createChatForm({
      documents,
      messages: chat.formMessages,
      callers: chat.callers,
      cookies,
      addressOf,
      ownHostOf: siteHost.ownHostOf,
      charge,
      refused: metrics.refused,
      logFault,
    }),
    ...(chat.forMailPages
      ? [
          createMailPages({
            ...chat.forMailPages,
            documents,
            addressOf,
            ownHostOf: siteHost.ownHostOf,
            charge,
            refused: metrics.refused,
            logFault,
          }),
        ]
      : []),
    ...createStaticSite({ directory: siteDirectory, documents: documents.handler, charge }),
    createErrorHandler(metrics.refused, logFault),
  )

  await interchange.join()

  return {
    server,
    io: chat.io,
    /** Whether somebody uses none of their tabs, on any node. */
    isAway: chat.isAway,
    owner,
    metrics: metrics.registry,
    whyNoPushes: chat.whyNoPushes,

    /**
     * Announces the restart, stores and acknowledges pending writes, and closes, which takes a few seconds with many
     * readers. First it serves on for `linger` milliseconds and `/readyz` reports it as not ready, so that a load
     * balancer sends no further clients.
     */
    async close(linger = 0): Promise<void> {
      isStopping = true
      await chat.close(linger)
      await lesson.close()
      await mailer?.close()
      await interchange.close()
      await Promise.all([chat.io.close(), closeServer()])
      // What is cut off fails soon, and is done by the next start.
      if (!(await doneWithin(TASKS_MAX, clock.stop()))) log.level = 'silent'
    },
  }
}

function unknownPath(): never {
  throw new Refusal('NOT_FOUND', 'There is no such path.')
}
