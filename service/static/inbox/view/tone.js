/** A tone of two pitches, made here: no file is loaded for it. */

/** In Hz, and how long each of them sounds, in seconds. */
const PITCHES = [659.25, 880];
const LENGTH = 0.13;
let context = null;

/** Sounds once; where the browser does not let it, not at all. */
export function tone() {
  if (!globalThis.AudioContext) return;
  context ??= new AudioContext();
  context.resume().catch(() => {});
  const [source, volume, now] = [context.createOscillator(), context.createGain(), context.currentTime];
  PITCHES.forEach((pitch, place) => source.frequency.setValueAtTime(pitch, now + place * LENGTH));
  volume.gain.setValueAtTime(0.14, now);
  volume.gain.exponentialRampToValueAtTime(0.001, now + LENGTH * 4);
  source.connect(volume).connect(context.destination);
  source.start();
  source.stop(now + LENGTH * 4);
}
