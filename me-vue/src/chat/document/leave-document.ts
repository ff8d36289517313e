import { browserStorage } from '../../platform/browser-storage.ts'
import { draftKey } from '../composer/draft-key.ts'

/** Pixels from the end of the log that count as being there. */
const NEAR = 40
/** Frames in which a message is there that the list scrolls to. */
const FRAMES = 30

/** A message in sight, and how many pixels below the top of the log it begins. */
export type ReadingPlace = { id: string; below: number }

/**
 * Keeps what was typed into a document's form for the chat's own, and returns what hands on the nick and the focus once
 * that is there.
 */
export function keepTyped(page: HTMLElement, room: string): () => void {
  const text = page.querySelector('textarea')?.value
  if (text) browserStorage.setItem(draftKey(room), text)
  const nick = page.querySelector<HTMLInputElement>('[name=nick]')?.value
  const focused = page.querySelector<HTMLElement>(':focus')
  return () => {
    const field = document.querySelector<HTMLInputElement>('.place :is(input, textarea)')
    if (nick && field?.tagName === 'INPUT') {
      field.value = nick
      field.dispatchEvent(new Event('input'))
    }
    if (focused?.matches('input, textarea')) field?.focus()
    else if (focused) void focusSame(focused)
  }
}

/** Pixels that a message takes in a document's log, on average; undefined where there is none. */
export function averageHeight(page: HTMLElement): number | undefined {
  const messages = page.querySelector<HTMLElement>('.messages')
  const top = page.querySelector<HTMLElement>('.top')
  const count = page.querySelectorAll('article').length
  return messages && top && count > 0 ? (messages.offsetHeight - top.offsetHeight) / count : undefined
}

/** Gives the focus to what was focused in the document: a link, in its message, or else what it was in. */
async function focusSame(former: HTMLElement): Promise<void> {
  const id = former.closest<HTMLElement>('article')?.dataset.id
  const href = former.getAttribute('href')
  const around = id ? `.log [data-id="${CSS.escape(id)}"]` : '.log'
  for (let frame = 0; frame < FRAMES; frame++) {
    const part = document.querySelector<HTMLElement>(around)
    const links = [...(part ?? document).querySelectorAll<HTMLElement>('a[href]')]
    const same = links.find((link) => link.getAttribute('href') === href)
    if (part) return (same ?? part).focus({ preventScroll: true })
    await new Promise(requestAnimationFrame)
    if (document.activeElement !== document.body) return
  }
}

/** Where a document's log is being read; undefined at its end, and at the message that the address names. */
export function placeIn(page: HTMLElement): ReadingPlace | undefined {
  const log = page.querySelector('.log')
  // Its rows are laid out from the end, so that positions are negative.
  if (!log || log.scrollTop > -NEAR || page.querySelector('.lit')) return undefined
  const { top, height } = log.getBoundingClientRect()
  const messages = [...log.querySelectorAll<HTMLElement>('article')]
  const message = messages.find((one) => one.getBoundingClientRect().bottom > top + height / 2)
  const row = message?.closest('.row')
  if (!message || !row) return undefined
  return { id: message.dataset.id!, below: row.getBoundingClientRect().top - top }
}
