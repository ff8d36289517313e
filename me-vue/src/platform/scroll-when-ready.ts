/** Milliseconds in which a page must have become tall enough. */
const PATIENCE = 10_000
/** Events by which the reader moves on the page. */
const MOVES = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const

/** Waits until the page is tall enough to be scrolled to `top`. False where the reader has moved meanwhile. */
export const tallEnough = (top: number): Promise<boolean> =>
  whenReady(() => document.documentElement.scrollHeight - innerHeight >= top)

/** Waits until the page has the part with this id. False where the reader has moved meanwhile. */
export const partThere = (id: string): Promise<boolean> =>
  whenReady(() => document.getElementById(id) !== null)

/** A page's text may arrive after the page is shown. A reader who has moved by then stays where they are. */
function whenReady(isReady: () => boolean): Promise<boolean> {
  if (isReady()) return Promise.resolve(true)
  return new Promise((resolve) => {
    const finish = (stays: boolean) => {
      observer.disconnect()
      clearTimeout(timer)
      for (const type of MOVES) removeEventListener(type, moved)
      resolve(stays)
    }
    const moved = () => finish(false)
    const observer = new ResizeObserver(() => isReady() && finish(true))
    const timer = setTimeout(finish, PATIENCE, true)
    for (const type of MOVES) addEventListener(type, moved, { passive: true })
    observer.observe(document.body)
  })
}
