/** Whether this code makes a document on the server, where there is no window, no storage and nobody signed in. */
export const isServer: boolean = import.meta.env?.SSR ?? false
