const STOPS = 'a[href], button, [tabindex]'

/**
 * Takes what is in a message out of the order of Tab, but for the message that has the focus: else Shift+Tab from the
 * composer leads to a link in an old message, and the log scrolls away from its end. Arrows lead to a message, and Tab
 * from there to its links. Returns a function that stops watching.
 */
export function manageTabStops(log: HTMLElement): () => void {
  /** The `tabindex` of what is out of the order. */
  const before = new WeakMap<Element, string | null>()
  let selected: Element | null = null
  const listening = new AbortController()
  const { signal } = listening
  const observer = new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes) if (node instanceof Element) takeOut(node)
  })

  log.addEventListener('focusin', ({ target }) => select((target as Element).closest('article')), { signal })
  log.addEventListener(
    'focusout',
    ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node) || !selected?.contains(relatedTarget)) select(null)
    },
    { signal },
  )
  observer.observe(log, { childList: true, subtree: true })
  select(document.activeElement?.closest('article') ?? null)
  takeOut(log)

  function select(article: Element | null): void {
    if (article === selected) return
    const left = selected
    selected = article
    if (left) takeOut(left)
    for (const stop of article?.querySelectorAll(STOPS) ?? []) putBack(stop)
  }

  function takeOut(node: Element): void {
    for (const stop of [node, ...node.querySelectorAll(STOPS)]) {
      const article = stop.parentElement?.closest('article')
      if (!article || article === selected || before.has(stop) || !stop.matches(STOPS)) continue
      before.set(stop, stop.getAttribute('tabindex'))
      stop.setAttribute('tabindex', '-1')
    }
  }

  function putBack(stop: Element): void {
    const index = before.get(stop)
    if (index === undefined) return
    before.delete(stop)
    if (index === null) stop.removeAttribute('tabindex')
    else stop.setAttribute('tabindex', index)
  }

  return () => {
    observer.disconnect()
    listening.abort()
  }
}
