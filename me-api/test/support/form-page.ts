/** What a reader finds in a document of the chat, each as the document writes it. */
export function load(html: string) {
  const field = (pattern: RegExp) => pattern.exec(html)?.[1]
  const alert = field(/<p id="write-why"[^>]*>(.*?)<\/p>/s)
  return {
    html,
    nonce: field(/name="nonce" value="([^"]*)"/) ?? '',
    nick: field(/name="nick" value="([^"]*)"/),
    text: field(/<textarea id="write-text"[^>]*>([^<]*)<\/textarea>/),
    /** The words beside the form, without tags. */
    alert: alert?.replaceAll(/<[^<>]*>/g, '').trim(),
    invalid: Array.from(html.matchAll(/id="write-(\w+)"[^>]*aria-invalid="true"/g), ([, name]) => name),
    refreshes: html.includes('http-equiv="refresh"'),
  }
}
