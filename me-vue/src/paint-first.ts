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

/**
 * Whether a script could not be fetched, as when the reader leaves meanwhile: the document stays as it is, and can be
 * read. Browsers have words of their own for it, in which "import" is common to all.
 */
const isLost = (error: unknown) => error instanceof TypeError && /import/i.test(error.message)

// What can be read already is painted before the script is run and takes it over.
await painted()
document.head.append(
  ...(document.querySelector<HTMLTemplateElement>('#after-paint')?.content.childNodes ?? []),
)
await import('./entry-client.ts').catch((error: unknown) => {
  if (!isLost(error)) throw error
})
