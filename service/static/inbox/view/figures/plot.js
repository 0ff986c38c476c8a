/**
 * Plots, drawn as plain SVG. What a plot tells stands in its title and description, and a table beside it has every value;
 * series differ by pattern and not by colour alone.
 */

import { html, svg } from "lit";

const HEIGHT = 200;
const EDGE = { top: 12, right: 6, bottom: 24, left: 40 };
/** Room for a label of the lower edge, in pixels. */
const LABEL = 46;
/** What a table beside a plot takes, and from which width on there is one, in pixels. */
const TABLE = 352;
const WIDE = 700;
let plots = 0;

/** The width that is left beside a table, where it stands beside and not below (figures.css). */
export const beside = (width) => (width > WIDE ? width - TABLE : width);

/**
 * Columns beside each other, a group for each place of the lower edge.
 * @param {{title: string, desc: string, width: number, places: string[], series: {name: string, values: (number|null)[]}[],
 *   say: (value: number) => string, top?: number}} plot `say` tells a value; `width` in pixels
 */
export function columns({ title, desc, width, places, series, say }) {
  const id = `plot-${++plots}`;
  const right = Math.max(width, 240) - EDGE.right;
  const bottom = HEIGHT - EDGE.bottom;
  const most = roundTop(Math.max(1, ...series.flatMap(({ values }) => values.map((value) => value ?? 0))));
  const y = (value) => bottom - (value / most) * (bottom - EDGE.top);
  const group = (right - EDGE.left) / Math.max(places.length, 1);
  const each = Math.min(28, (group * 0.8) / series.length);
  const every = Math.max(1, Math.ceil(LABEL / group));
  const column = (value, place, row) => {
    if (!value) return svg``;
    const x = EDGE.left + group * place + (group - each * series.length) / 2 + each * row;
    return svg`<rect class="bar s${row}" x=${x.toFixed(1)} y=${y(value).toFixed(1)} width=${Math.max(each - 1, 1).toFixed(1)}
      height=${(bottom - y(value)).toFixed(1)} fill=${row ? `url(#${id}-${row})` : "currentColor"}></rect>`;
  };
  return frame(
    { id, title, desc, width: right + EDGE.right, series },
    svg`
      ${[0, most / 2, most].map(
        (value) => svg`<line class="grid" x1=${EDGE.left} x2=${right} y1=${y(value)} y2=${y(value)}></line>
        <text class="axis" x=${EDGE.left - 6} y=${y(value) + 4} text-anchor="end">${say(value)}</text>`,
      )}
      ${series.map(({ values }, row) => values.map((value, place) => column(value, place, row)))}
      ${places.map((name, place) =>
        place % every === 0
          ? svg`<text class="axis" x=${(EDGE.left + group * (place + 0.5)).toFixed(1)} y=${HEIGHT - 6} text-anchor="middle">${name}</text>`
          : svg``,
      )}`,
  );
}

/**
 * Times: from the middle one to the one that nine of ten stay under. A dot is half of them, the end of the line nine of ten.
 * @param {{title: string, desc: string, width: number, rows: {name: string, median: number, p90: number}[], say: (seconds: number) => string}} plot
 */
export function spreads({ title, desc, width, rows, say }) {
  const id = `plot-${++plots}`;
  const left = 112;
  const right = Math.max(width, 240) - 84;
  const most = Math.max(1, ...rows.map(({ p90 }) => p90));
  const x = (seconds) => left + (seconds / most) * (right - left);
  const height = rows.length * 30 + 8;
  return frame(
    { id, title, desc, width: right + 84, height, series: [] },
    rows.map(({ name, median, p90 }, row) => {
      const y = row * 30 + 18;
      return svg`<text class="name" x=${left - 10} y=${y + 4} text-anchor="end">${name}</text>
        <line class="spread" x1=${x(median).toFixed(1)} x2=${x(p90).toFixed(1)} y1=${y} y2=${y}></line>
        <line class="end" x1=${x(p90).toFixed(1)} x2=${x(p90).toFixed(1)} y1=${y - 6} y2=${y + 6}></line>
        <circle class="dot" cx=${x(median).toFixed(1)} cy=${y} r="5"></circle>
        <text class="axis" x=${(x(p90) + 8).toFixed(1)} y=${y + 4}>${say(p90)}</text>`;
    }),
  );
}

function frame({ id, title, desc, width, height = HEIGHT, series }, drawn) {
  return html`<figure class="plot">
    <svg role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${width} ${height}" width=${width} height=${height}>
      <title id="${id}-title">${title}</title>
      <desc id="${id}-desc">${desc}</desc>
      <defs>${patterns(id)}</defs>
      ${drawn}
    </svg>
    ${series.length > 1 ? legend(id, series) : ""}
  </figure>`;
}

function legend(id, series) {
  return html`<figcaption>${series.map(
    ({ name }, row) =>
      html`<span><svg class="key s${row}" viewBox="0 0 14 14" width="14" height="14" aria-hidden="true"><rect class="bar s${row}" width="14" height="14" fill=${row ? `url(#${id}-${row})` : "currentColor"}></rect></svg>${name}</span>`,
  )}</figcaption>`;
}

/** Slanted lines, and dots: whoever sees no colours tells them apart. */
function patterns(id) {
  return svg`
    <pattern id="${id}-1" class="s1" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="under" width="6" height="6"></rect><rect class="over" width="3" height="6"></rect>
    </pattern>
    <pattern id="${id}-2" class="s2" width="6" height="6" patternUnits="userSpaceOnUse">
      <rect class="under" width="6" height="6"></rect><circle class="over" cx="3" cy="3" r="1.8"></circle>
    </pattern>
    <pattern id="${id}-3" class="s3" width="6" height="6" patternUnits="userSpaceOnUse">
      <rect class="under" width="6" height="6"></rect><rect class="over" width="6" height="2"></rect>
    </pattern>`;
}

/** A number to end an edge with, which can be halved. */
function roundTop(most) {
  if (most <= 2) return 2;
  const size = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 6, 8, 10].map((times) => times * size).find((top) => top >= most && top % 2 === 0) ?? 10 * size;
}
