/** The part of Trusted Types that is used here; TypeScript's library has none of it. */
type Policies = {
  createPolicy: (
    name: string,
    rules: { createScriptURL: (path: string) => string },
  ) => {
    createScriptURL: (path: string) => string
  }
}

const rules = {
  /** Only what the build made, or in development Vite's server: a file of this site; without a slash no name leads out. */
  createScriptURL(path: string): string {
    if (import.meta.env.DEV || /^\/(sw\.js|assets\/[\w.-]+\.js)$/.test(path)) return path
    throw new TypeError(`not a script of this site: ${path}`)
  },
}

const policy = (globalThis as { trustedTypes?: Policies }).trustedTypes?.createPolicy('me', rules) ?? rules

/**
 * The address of a worker's script, as browsers with Trusted Types want it; they start no worker by any other.
 * The Content-Security-Policy names this policy (me-api/src/http/security.ts).
 */
export const trustedScriptUrl = (path: string): string => policy.createScriptURL(path)
