import cors from 'cors'
import type { Request, RequestHandler } from 'express'
import helmet from 'helmet'
import type { Refusal } from '../errors.ts'
import type { Origins } from './origins.ts'

/** Those that may make HTML or a worker's address out of text: Vue's own, and the site's (me-vue/src/platform/trusted-script-url.ts). */
const TRUSTED_TYPES = ['vue', 'me']

/** What a browser could do and this site never asks for, so that no script that got in could either. */
const NEVER_USED = [
  ...['accelerometer', 'camera', 'display-capture', 'encrypted-media', 'geolocation', 'gyroscope'],
  ...['hid', 'idle-detection', 'local-fonts', 'magnetometer', 'microphone', 'midi', 'payment'],
  ...['picture-in-picture', 'publickey-credentials-get', 'screen-wake-lock', 'serial', 'usb'],
  'xr-spatial-tracking',
]

/**
 * Security headers. Scripts come from the site itself; its one inline script, which sets the theme before the first
 * paint, is let in by its hash. No other page can frame this one, hold a handle on it, or read what it is made of.
 */
export function securityHeaders(scriptHashes: string[]): RequestHandler {
  const usual = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", ...scriptHashes.map((hash) => `'${hash}'`)],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
        trustedTypes: TRUSTED_TYPES,
      },
    },
    crossOriginEmbedderPolicy: { policy: 'require-corp' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    // Only for this host: its other subdomains may be somebody else's business.
    strictTransportSecurity: { includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
  })
  const permissions = NEVER_USED.map((feature) => `${feature}=()`).join(', ')
  return (req, res, next) => {
    res.setHeader('Permissions-Policy', permissions)
    usual(req, res, next)
  }
}

/** Other origins that may call, as `SITE_ORIGINS` lists them. */
export function crossOrigin({ others }: Origins): RequestHandler {
  const answer = cors({
    origin: others,
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'X-Access-Token', 'If-None-Match', 'Last-Event-ID'],
    exposedHeaders: ['ETag', 'Location', 'Retry-After', 'X-Request-Id'],
    maxAge: 600,
  })
  // `cors` would answer every OPTIONS, also where a browser asks for nothing, and of paths that are not.
  return (req, res, next) =>
    req.method === 'OPTIONS' && !req.get('access-control-request-method') ? next() : answer(req, res, next)
}

/** Refuses requests for which `reason` has a refusal. */
export const refuseFor =
  (reason: (req: Request) => Refusal | null): RequestHandler =>
  (req, _res, next) =>
    next(reason(req) ?? undefined)
