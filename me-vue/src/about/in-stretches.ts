/** Milliseconds of work after which the page gets its turn: less than a frame. */
const STRETCH = 10

type Parts<Item> = {
  items: readonly Item[]
  work: (item: Item) => void
  /** Is called after every stretch; false ends the work. */
  goesOn: () => boolean
  now?: () => number
  pause?: () => Promise<void>
}

/** Works through a list, the first stretch at once, without holding up the page. Resolves to whether it came to the end. */
export async function inStretches<Item>({
  items,
  work,
  goesOn,
  now = () => performance.now(),
  pause = () => new Promise((resolve) => void setTimeout(resolve)),
}: Parts<Item>): Promise<boolean> {
  let begun = now()
  for (const item of items) {
    if (now() - begun >= STRETCH) {
      await pause()
      if (!goesOn()) return false
      begun = now()
    }
    work(item)
  }
  return true
}
