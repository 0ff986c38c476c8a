/** The look of the help (help/guide.js), on top of the panel's. */

export const ARTICLES = `
h3{margin: 0; font-size: 16px; line-height: 1.35; font-weight: 700}
.help-home{margin: 16px 16px 0; padding: 16px; border-radius: 18px; background: var(--surface); box-shadow: 0 1px 2px rgb(20 26 45 / .06)}
.help-home form{position: relative; margin-block: 10px 4px}
.help-home form .icon{position: absolute; inset: 0 auto 0 12px; margin-block: auto; color: var(--muted); pointer-events: none}
.help-home .control{padding-inline-start: 38px}
.help-home .told{padding-block: 6px 2px; font-size: 13px; color: var(--muted)}
.help-home .told:empty{display: none}
.help-home .secondary{inline-size: 100%; margin-block: 8px}
.help-home > .link{display: inline-block; margin-block-start: 8px; line-height: 24px}
.articles{margin-inline: -16px}
.articles .conversation{padding-block: 10px}
.articles li + li{border-block-start: 1px solid var(--line)}
.articles .few{-webkit-line-clamp: 2}
.articles .icon{color: var(--muted)}
.article{flex: 1; overflow-y: auto; overflow-wrap: anywhere; overscroll-behavior: contain; padding: 20px 20px 24px; background: var(--surface)}
.article h3{font-size: 20px}
.article h3:focus-visible{outline-offset: 4px; border-radius: 4px}
.article > .when{margin-block: 4px 0}
.prose{margin-block: 16px 24px}
.prose :where(ul, ol, pre, blockquote){margin: 0}
.prose > * + *, .prose li > p + p, .prose blockquote > * + *{margin-block-start: 12px}
.prose :where(h3, h4, h5, h6){margin: 0; font-size: 16px; line-height: 1.4; font-weight: 700}
.prose > * + :is(h3, h4, h5, h6){margin-block-start: 24px}
.prose :is(ul, ol){padding-inline-start: 22px; list-style: disc}
.prose ol{list-style: decimal}
.prose li + li{margin-block-start: 4px}
.prose blockquote{padding-inline-start: 12px; border-inline-start: 3px solid var(--line); color: var(--muted)}
.prose :is(code, pre){font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .92em; background: var(--canvas); border-radius: 6px}
.prose code{padding: 1px 4px}
.prose pre{padding: 12px; white-space: pre-wrap}
.prose pre code{padding: 0}
.prose hr{border: 0; border-block-start: 1px solid var(--line)}
.prose a{color: var(--link); text-underline-offset: 3px}
.prose .wide{overflow-x: auto}
.prose table{min-inline-size: 100%; border-collapse: collapse; font-size: 14px; overflow-wrap: normal}
.prose :is(th, td){padding: 7px 10px; border: 1px solid var(--line); text-align: start; vertical-align: top}
.prose th{background: var(--canvas); font-weight: 600}
.ways{display: flex; flex-wrap: wrap; align-items: center; gap: 12px 16px; padding-block-start: 16px; border-block-start: 1px solid var(--line)}
@media (forced-colors: active){.help-home{border: 1px solid}}
`;
