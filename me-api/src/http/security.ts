import cors from 'cors'
import type { Request, RequestHandler } from 'express'
import helmet from 'helmet'
import type { Refusal } from '../errors.ts'
import type { Origins } from './origins.ts'

/**
 * Trusted Types policies, which may turn text into HTML or a worker's URL: Vue's, and the site's
 * (me-vue/src/platform/trusted-script-url.ts).
 */
const TRUSTED_TYPES = ['vue', 'me']

/** Browser features that the site never uses, denied to injected scripts as well. */
const NEVER_USED = [
  ...['accelerometer', 'camera', 'display-capture', 'encrypted-media', 'geolocation', 'gyroscope'],
  ...['hid', 'idle-detection', 'local-fonts', 'magnetometer', 'microphone', 'midi', 'payment'],
  ...['picture-in-picture', 'screen-wake-lock', 'serial', 'usb'],
  'xr-spatial-tracking',
]

/**
 * Sets security headers. Scripts come from the site itself; its one inline script, which sets the theme before the
 * first paint, is allowed by its hash. No other page can frame this one, keep a reference to its window, or read its
 * resources.
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
    // Only for this host, because its subdomains may belong to others.
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

/** Allows the origins of `SITE_ORIGINS` to call (CORS). */
export function crossOrigin({ others }: Origins): RequestHandler {
  const answer = cors({
    origin: others,
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'Authorization',
      'Content-Type',
      'X-Access-Token',
      'If-Match',
      'If-None-Match',
      'Last-Event-ID',
    ],
    exposedHeaders: ['ETag', 'Location', 'Retry-After', 'X-Request-Id'],
    maxAge: 600,
  })
  // `cors` alone would answer every OPTIONS request, also without a preflight and for unknown paths.
  return (req, res, next) =>
    req.method === 'OPTIONS' && !req.get('access-control-request-method') ? next() : answer(req, res, next)
}

/** Refuses a request if `reason` returns a refusal. */
export const refuseFor =
  (reason: (req: Request) => Refusal | null): RequestHandler =>
  (req, _res, next) =>
    next(reason(req) ?? undefined)
