/** A device, as a browser describes it to a site. Sizes in CSS pixels. */
export type Device = {
  name: string
  userAgent: string
  width: number
  height: number
  /** Runs before the page's own code. */
  before?: () => void
}

type Json = string | number | boolean | null | undefined
/** Runs in the page: it knows nothing but its arguments. */
type InPage<R> = (...args: never[]) => R

/** A tab of a real browser, as far as the flows need it. */
export type Tab = {
  open: (url: string) => Promise<void>
  evaluate: <R extends Json>(call: InPage<R | Promise<R>>, ...args: Json[]) => Promise<R>
  /** Clicks what is found, as a person does. */
  click: (find: InPage<Element | null | undefined>, ...args: Json[]) => Promise<void>
  /** Types a text into what has the focus, and presses Enter. */
  write: (text: string) => Promise<void>
  /** Uncaught errors, and what the page's policy forbids. */
  complaints: () => Promise<string[]>
  /** A PNG of what is in sight. */
  picture: () => Promise<Uint8Array>
  close: () => Promise<void>
}

export type OpenTab = (device: Device) => Promise<Tab>

/** The browser itself has ended, or its page's process has. */
export class BrowserCrash extends Error {}
