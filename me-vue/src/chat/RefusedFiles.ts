import { useI18n } from '../i18n.ts'
import { defineComponent } from 'vue'
import { useRefusedFiles } from '../ui/use-refused-files.ts'
import { loadControlMessages } from './control-messages.ts'

/** Says that files cannot be sent, also to those who cannot write here; draws nothing. */
export default defineComponent({
  emits: ['refused'],
  setup(_, { emit }) {
    const { t } = useI18n()
    const refuse = () => emit('refused', t('controls.composer.noFiles'))
    useRefusedFiles(() => void loadControlMessages().then(refuse, () => undefined))
    return () => null
  },
})
