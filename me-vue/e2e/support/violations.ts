import type { BrowserContext } from '@playwright/test'

/** Has every page tell what its policy forbids in one form: what Chromium says of Trusted Types names no policy. */
export const tellViolations = (context: BrowserContext) =>
  context.addInitScript(() =>
    addEventListener('securitypolicyviolation', ({ effectiveDirective, sample, sourceFile }) =>
      // eslint-disable-next-line no-console -- the tests listen to the console
      console.error(`Content Security Policy: ${effectiveDirective} forbids "${sample}" in ${sourceFile}`),
    ),
  )
