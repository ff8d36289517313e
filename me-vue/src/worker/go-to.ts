/** What the service worker tells a page, so that it goes to an address without being loaded anew. */
export type GoTo = { goTo: string }
