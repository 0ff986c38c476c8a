/**
 * The look of the launcher, which is drawn before the bundle with the panel's (panel.js) has come, and what both are written
 * with. Run when the bundle is made: that holds the text alone.
 */

// Against what a page says to `*` or to unknown elements: only what is important in a shadow tree wins over that.
export const firm = (rules) => rules.replaceAll(";", " !important;");

// What can be derived from the accent is: black or white on it, whichever contrasts more (L* 49.44 is in the middle), and
// for links the same hue, dark or light enough to be read on the surface.
export const onto = (ground) => `lch(from var(${ground}) calc((49.44 - l) * infinity) 0 0)`;
/** Of the host: what it has on a light ground, and on a dark one. */
export const grounds = (light, dark) => `
:host{${firm(light)}}
@media (prefers-color-scheme: dark){:host(:not([theme=light])){${firm(dark)}}}
:host([theme=dark]){${firm(dark)}}
`;

const LIGHT = `--accent: var(--munui-accent, #3257e8); --on-accent: var(--munui-on-accent, ${onto("--accent")});
  --link: var(--munui-link, lch(from var(--accent) min(l, 38) min(c, 70) h)); color-scheme: light;`;
const DARK = `--accent: var(--munui-accent, #4467ee);
  --link: var(--munui-link, lch(from var(--accent) max(l, 76) min(c, 45) h)); color-scheme: dark;`;

const HOST = firm(`
  all: initial; display: block; position: fixed; inset: auto 20px max(20px, env(safe-area-inset-bottom)) auto; inline-size: 60px; block-size: 60px;
  pointer-events: none; z-index: var(--munui-z-index, 2147483000); direction: ltr;`);
const INLINE = firm(
  "position: relative; inset: auto; z-index: auto; inline-size: 100%; block-size: 100%; min-block-size: 360px;",
);
export const LAUNCHER = `
:host{${HOST}}
${grounds(LIGHT, DARK)}
:host([layout=inline]){${INLINE}}
:host([hidden]), [hidden]{display: none !important}
:host::before, :host::after{content: none !important}
@media print{:host{display: none !important}}
.stage{position: fixed; inset: auto 20px max(20px, env(safe-area-inset-bottom)) auto; inline-size: auto; block-size: auto; margin: 0; border: 0; padding: 0; overflow: visible; background: none; color: inherit; pointer-events: auto}
.stage.left{inset-inline: 20px auto}
:host([layout=inline]) .stage{position: absolute; inset: 0}
*, ::before, ::after{box-sizing: border-box}
button{cursor: pointer; border: 0; background: none; padding: 0; touch-action: manipulation}
:focus-visible{outline: 2px solid var(--link); outline-offset: 2px}
.icon{inline-size: 1.25em; block-size: 1.25em; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round}
.icon-chat{fill: currentColor; stroke: none}
.launcher{position: relative; display: grid; place-items: center; inline-size: 60px; block-size: 60px; border-radius: 50%; background: var(--accent); color: var(--on-accent); box-shadow: 0 6px 20px rgb(20 26 45 / .28)}
.launcher .icon{inline-size: 28px; block-size: 28px; grid-area: 1 / 1}
@media (forced-colors: active){.launcher{border: 1px solid}}
`;
