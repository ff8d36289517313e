import './load-messages.ts'
import MailsOffPage from './MailsOffPage.vue'

export default MailsOffPage
