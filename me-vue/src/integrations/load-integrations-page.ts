import { addMessages } from '../i18n.ts'
import IntegrationsPage from './IntegrationsPage.vue'

await addMessages('integrations', {
  en: () => import('../locales/integrations/en.json'),
  sv: () => import('../locales/integrations/sv.json'),
  nb: () => import('../locales/integrations/nb.json'),
})
export default IntegrationsPage
