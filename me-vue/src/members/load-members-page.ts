import { addMessages } from '../i18n.ts'
import MembersPage from './MembersPage.vue'

await addMessages('members', {
  en: () => import('../locales/members/en.json'),
  sv: () => import('../locales/members/sv.json'),
  nb: () => import('../locales/members/nb.json'),
})
export default MembersPage
