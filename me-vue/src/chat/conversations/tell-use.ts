import type { Clock } from '../../platform/clock.ts'

/** Milliseconds without a pointer, key, scroll or focus after which nobody uses this tab (docs/contract.md §5). */
const IDLE_AFTER = 120_000
const USED = ['pointerdown', 'pointermove', 'keydown', 'scroll', 'wheel', 'focus'] as const

type Parts = { clock: Clock; setIdle: (idle: boolean) => void }

/** Says whether somebody uses this tab: what comes while nobody does stays unread. */
export function tellUse({ clock, setIdle }: Parts): void {
  let usedAt = clock.now()
  let isIdle = document.hidden
  setIdle(isIdle)
  if (!isIdle) lookLater(IDLE_AFTER)

  function used(): void {
    usedAt = clock.now()
    if (!isIdle) return
    isIdle = false
    setIdle(false)
    lookLater(IDLE_AFTER)
  }

  function lookLater(milliseconds: number): void {
    clock.after(milliseconds, () => {
      const left = usedAt + IDLE_AFTER - clock.now()
      if (left > 0) return lookLater(left)
      isIdle = true
      setIdle(true)
    })
  }

  for (const event of USED) addEventListener(event, used, { capture: true, passive: true })
}
