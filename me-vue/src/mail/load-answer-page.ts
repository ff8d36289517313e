import './load-messages.ts'
import AnswerPage from './AnswerPage.vue'

export default AnswerPage
