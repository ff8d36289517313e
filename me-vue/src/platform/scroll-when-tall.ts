/** Milliseconds in which a page must have become tall enough. */
const PATIENCE = 10_000
/** Events by which the reader moves on the page. */
const MOVES = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const

/**
 * Waits until the page is tall enough to be scrolled to `top`, because its text may arrive after it is shown. False
 * where the reader has moved meanwhile: then they stay where they are.
 */
export function tallEnough(top: number): Promise<boolean> {
  const page = document.documentElement
  const isTall = () => page.scrollHeight - innerHeight >= top
  if (isTall()) return Promise.resolve(true)
  return new Promise((resolve) => {
    const finish = (stays: boolean) => {
      observer.disconnect()
      clearTimeout(timer)
      for (const type of MOVES) removeEventListener(type, moved)
      resolve(stays)
    }
    const moved = () => finish(false)
    const observer = new ResizeObserver(() => isTall() && finish(true))
    const timer = setTimeout(finish, PATIENCE, true)
    for (const type of MOVES) addEventListener(type, moved, { passive: true })
    observer.observe(document.body)
  })
}
