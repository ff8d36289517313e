/**
 * Keeps the keys of an input method from every handler of the page. While a word is being composed, as in Japanese or
 * Chinese, Escape, Enter and the arrows belong to the input method. Safari marks them by the key code 229 alone. To be
 * called before any other listener is added.
 */
export function ignoreComposingKeys(target: Pick<Window, 'addEventListener'> = window): void {
  const stop = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229) event.stopImmediatePropagation()
  }
  for (const type of ['keydown', 'keyup'] as const) target.addEventListener(type, stop, { capture: true })
}
