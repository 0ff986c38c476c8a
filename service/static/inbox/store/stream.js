/** An event stream, read until it ends. It comes by `fetch`, which says why one was refused and when nothing came for too long. */

/** The service says something at least each 25 seconds; after so many milliseconds of silence the line is dead. */
const SILENCE = 40_000;

/**
 * @param {(signal: AbortSignal) => Promise<ReadableStream>} open
 * @param {AbortSignal} signal ends it
 * @param {(event: {kind: string, told: object}) => void} heard events, `beat` for every sign of life and `retry` for what the service wishes
 * @throws what `open` throws
 */
export async function listen(open, signal, heard) {
  const line = new AbortController();
  const cut = () => line.abort();
  let watch = setTimeout(cut, SILENCE);
  signal.addEventListener("abort", cut, { once: true });
  try {
    const stream = await open(line.signal);
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      clearTimeout(watch);
      watch = setTimeout(cut, SILENCE);
      heard({ kind: "beat" });
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) read(block, heard);
    }
  } finally {
    clearTimeout(watch);
    cut();
    signal.removeEventListener("abort", cut);
  }
}

function read(block, heard) {
  const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: ?(.*)/s, 2)));
  if (Number(fields.retry)) heard({ kind: "retry", told: Number(fields.retry) });
  if (fields.event && fields.data) heard({ kind: fields.event, told: JSON.parse(fields.data) });
}
