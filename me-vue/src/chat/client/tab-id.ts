const KEY = 'me.chat.tab'

/**
 * A name that this tab keeps over a reload. It is put into sessionStorage only while the page goes away:
 * a duplicated tab copies sessionStorage, and two tabs of one name would push each other out for ever.
 */
export function claimTabId(
  session: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  page: Pick<Window, 'addEventListener'>,
  newName: () => string,
): string {
  const name = session.getItem(KEY) ?? newName()
  session.removeItem(KEY)
  page.addEventListener('pagehide', () => session.setItem(KEY, name))
  page.addEventListener('pageshow', () => session.removeItem(KEY))
  return name
}
