import cors from 'cors'
import helmet from 'helmet'
import type { Origins } from './origins.ts'

/**
 * Security headers. Scripts come from the site itself; its one inline script, which sets the theme before the first
 * paint, is let in by its hash.
 */
export function securityHeaders(scriptHashes: string[]) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", ...scriptHashes.map((hash) => `'${hash}'`)],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Only for this host: its other subdomains may be somebody else's business.
    strictTransportSecurity: { includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
  })
}

/** Other origins that may call, as `SITE_ORIGINS` lists them. */
export function crossOrigin({ others }: Origins) {
  return cors({
    origin: others,
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'X-Access-Token', 'If-None-Match', 'Last-Event-ID'],
    exposedHeaders: ['ETag', 'Location', 'Retry-After', 'X-Request-Id'],
    maxAge: 600,
  })
}
