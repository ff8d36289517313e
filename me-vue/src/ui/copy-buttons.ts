import { copyText } from '../platform/copy-text.ts'

type Translate = (key: string) => string

/** Milliseconds for which a button says what became of the press. */
const SAID = 2_000

/** Gives each block of code a button that copies it. The block moves into an element that does not scroll with it. */
export function createCopyButtons(root: HTMLElement, t: Translate): void {
  for (const block of root.querySelectorAll<HTMLElement>('pre')) {
    const frame = document.createElement('div')
    frame.className = 'code-frame'
    block.replaceWith(frame)
    frame.append(block, ...copyButton(block, t))
  }
}

/** The status tells screen readers; the button's own words only change for the eye. */
function copyButton(block: HTMLElement, t: Translate): HTMLElement[] {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'copy'
  button.textContent = t('prose.copy')
  button.setAttribute('aria-label', t('prose.copyCode'))
  const status = document.createElement('span')
  status.className = 'aloud'
  status.role = 'status'
  let shown: ReturnType<typeof setTimeout> | undefined
  const say = (said: string) => {
    button.textContent = said || t('prose.copy')
    status.textContent = said
  }
  button.addEventListener('click', async () => {
    const isCopied = await copyText(block.textContent.replace(/\n$/, ''))
    clearTimeout(shown)
    say('')
    say(isCopied ? t('prose.copied') : t('prose.notCopied'))
    shown = setTimeout(say, SAID, '')
  })
  return [button, status]
}
