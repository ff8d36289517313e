import { type FunctionalComponent, h } from 'vue'
import { withShortcodes } from '../formatting/shortcodes.ts'
import { piecesOf } from './highlight-hits.ts'

type Props = { text: string; marks: [number, number][] }

/** Text with what was searched for in it marked, and emoji for their names; but not for a name that was searched for. */
const MarkedText: FunctionalComponent<Props> = ({ text, marks }) =>
  piecesOf(text, marks).map(({ text, isHit }) => (isHit ? h('mark', text) : withShortcodes(text)))
MarkedText.props = ['text', 'marks']
export default MarkedText
