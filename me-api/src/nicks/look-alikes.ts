import { skeleton } from './nick.ts'

/**
 * Letters and digits that look like a Latin letter but that UTS #39 distinguishes, because each is normal in its own
 * alphabet: small capitals, turned and hooked letters, other alphabets' capitals, "fancy text". Each letter is listed
 * in one case only. The list is too wide to compare visitors' nicks; it protects reserved names.
 */
const alikes: Record<string, string> = {
  a: '4𐌀𐤠ⲀɐɒᴀᶏᶐⱥꞻꬰꬱꭤɅʌΛλΔДдѦѧคልᎯᗩ卂ꍏム',
  b: '8ʙᴃᵬᶀꞗβБ๒ጌᏰᗷ乃ꌃб',
  c: 'ƈɕʗↄꜿꞓꞔςርᏟᏣᑕ匚ꉓ',
  d: 'ȡᴅᵭᶁᶑꝺꟈ๔ዕᎠᗪᗫꀸりðÐđ',
  e: '3ǝɘəɚɛɝɞʚᴇᴈᶒᶓᶔᶕⱸⱻꬳꬴΞΣЄєЭэҼҽⲈⲉቿᏋᎬ乇ꍟ',
  f: 'ᶂꜰꝼꟻԲቻᖴ千ꎇキ',
  g: 'ɢʛᵷᵹꝿꞡꟑꬶኗᎶᘜꁅ',
  h: 'ɥʜʮʯꞕЂђዘᏂᕼ卄ꃅん',
  i: 'ᏆᴉᶖꞽꟷเጎᎥ丨ꀤノᓰ',
  j: 'ȷɟʄᴊנጋᏠᒍフꀭ',
  k: 'ĸʞᴋᶄꝃꝅꞣҜҡӃጕᏦꀘズ',
  l: 'ȴɬʟᴌᶅⱡꝇꝉꞁꞎꬷꬸꬹԼլረᏝᏞᒪㄥレ',
  m: 'ᴍᶆꟿꬺʍꟺꟽ๓ጠᎷᗰ爪ꂵカო',
  n: 'ŋȵɴᴎᶇꞑꞥꬻꬼИиПпπΠภክᏁᏀᑎ几ꈤ刀ղռח',
  o: '0ʘɔᴐᴒᴓᴖᶗⱺꝍꟁꬿΩΘዐᎾㄖꂦの口ロ〇ⵀ',
  p: 'ᴘᵱᶈꝑꝓꝕꟼקየᎵᑭ卩ꉣアքÞþƿ',
  q: 'ɋꝗꝙꞯዒꆰゐ',
  r: 'ɹɺɻɾɿʁᴙᴚᵳᶉⱹꞃꞧꭅꭆꭉꭋꭌꭨЯяዪᏒᖇ尺ꋪⲄⲅґꭱ',
  s: '5ȿᶊꞅꞩꟊꟗꟙรነᏕᏚᔕ丂ꌗƨ',
  t: '7ƫȶʇᴛꞇՇፕᏖㄒ丅イէ',
  u: 'ʊᴝᵿᶙꞹꞿยሁᏬᑌㄩꀎひմЦцЏџμ',
  v: 'ỽⱱⱴꝟשሀᏉᐯꃴ',
  w: 'ⱳꟃωฬพฟሠᏇᎳᗯ山ꅏШшЩщⲰⲱꙌꙍ',
  x: 'ᶍꭖꭗꭘꭙχאሸ乂ꊼメӾӽ',
  y: 'ʎץሃᎽㄚꌩリվЧчყ',
  z: 'ɀʑᶎⱬꝣչጊᏃᘔ乙ꁴ',
}
const latin = new Map(
  Object.entries(alikes).flatMap(([letter, others]) => [...others].map((other) => [other, letter] as const)),
)

/** Replaces each letter that looks Latin with the small Latin letter without accents. */
export const latinised = (word: string): string => Array.from(word.normalize('NFKC'), latinOf).join('')

/** Folds sequences that look the same at a glance: `I` and `l`, `rn` and `m`, `vv` and `w`, `cl` and `d`. */
export const atAGlance = (latinised: string): string =>
  latinised.replaceAll('i', 'l').replaceAll('rn', 'm').replaceAll('vv', 'w').replaceAll('cl', 'd')

/**
 * Tries a letter's other case too, for letters of which only that case looks Latin, such as a Cherokee or Cyrillic
 * capital.
 */
function latinOf(letter: string): string {
  for (const form of [letter, letter.toUpperCase(), letter.toLowerCase()]) {
    const look = latin.get(form) ?? Array.from(skeleton(form), (part) => latin.get(part) ?? part).join('')
    if (/^[a-z]+$/.test(look)) return look
  }
  return skeleton(letter)
}
