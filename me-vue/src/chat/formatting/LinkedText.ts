import { findAddresses } from 'me-api/contract/links'
import { type FunctionalComponent, type VNode, h } from 'vue'
import { shownAddress } from './shown-host.ts'

/** A plain text with its addresses as links; what stands in the slot follows the last word. */
const LinkedText: FunctionalComponent<{ text: string }> = ({ text }, { slots }) => {
  const parts: (VNode | string)[] = []
  let last = 0
  for (const { start, end, href } of findAddresses(text)) {
    parts.push(text.slice(last, start), addressLink(href))
    last = end
  }
  return h('p', { dir: 'auto' }, [...parts, text.slice(last), slots['default']?.()])
}
LinkedText.props = ['text']
export default LinkedText

/** A link that was written as an address. */
export const addressLink = (address: string): VNode =>
  h('a', linkAttributes(new URL(address).href), shownAddress(address))

/** Attributes of every link that others wrote. `dir` isolates it, so that the text around it cannot reverse it. */
export const linkAttributes = (href: string) => ({
  href,
  dir: 'ltr',
  title: href,
  target: '_blank',
  rel: 'noopener noreferrer nofollow ugc',
})
