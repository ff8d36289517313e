import { type FunctionalComponent, h } from 'vue'
import { piecesOf } from './hits.ts'

type Props = { text: string; marks: [number, number][] }

/** Text with what was searched for in it marked. */
const MarkedText: FunctionalComponent<Props> = ({ text, marks }) =>
  piecesOf(text, marks).map(({ text, isHit }) => (isHit ? h('mark', text) : text))
MarkedText.props = ['text', 'marks']
export default MarkedText
