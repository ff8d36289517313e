import './load-messages.ts'

export { default as AnswerPage } from './AnswerPage.vue'
export { default as MailsOffPage } from './MailsOffPage.vue'
