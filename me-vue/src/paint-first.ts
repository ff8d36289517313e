import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'

/** Resolves once the document is on the screen; at once where nobody looks at it, as nothing is painted there. */
const painted = () =>
  new Promise<void>((resolve) => {
    if (document.hidden) resolve()
    // A task that a frame's callback adds runs after that frame.
    else requestAnimationFrame(() => setTimeout(resolve))
  })

// What can be read already is painted before the script is run and takes it over.
await painted()
document.head.append(
  ...(document.querySelector<HTMLTemplateElement>('#after-paint')?.content.childNodes ?? []),
)
await import('./entry-client.ts')
