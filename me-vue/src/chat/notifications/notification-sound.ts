/** Two soft synthesised tones, a fifth apart. A browser may keep silent until the first click. */
export async function playNotificationSound(): Promise<void> {
  const audio = new AudioContext()
  await audio.resume()
  for (const [index, frequency] of [587, 880].entries()) {
    const [tone, volume] = [audio.createOscillator(), audio.createGain()]
    const start = audio.currentTime + index * 0.12
    tone.frequency.value = frequency
    volume.gain.setValueAtTime(0, start)
    volume.gain.linearRampToValueAtTime(0.12, start + 0.02)
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.35)
    tone.connect(volume).connect(audio.destination)
    tone.start(start)
    tone.stop(start + 0.36)
  }
  setTimeout(() => void audio.close(), 1_000)
}
