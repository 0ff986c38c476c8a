/**
 * The look of the panel and of everything in it, on top of the launcher's. Host pages theme it by the custom properties
 * that begin with --munui- and by ::part(). Run when the bundle is made: that holds the text alone.
 */

import { firm, grounds, onto } from "./launcher.js";

// All that would be grey has a breath of it, at a lightness that can be read.
const tinted = (lightness, most) => `lch(from var(--accent) ${lightness} min(c, ${most}) h)`;

const LIGHT = `
  --surface: var(--munui-surface, #fff); --canvas: var(--munui-canvas, color-mix(in oklab, var(--accent) 5%, var(--surface)));
  --text: var(--munui-text, ${tinted(9, 4)}); --muted: var(--munui-muted, ${tinted(39, 12)});
  --line: var(--munui-line, color-mix(in oklab, var(--text) 11%, var(--surface))); --edge: var(--munui-edge, ${tinted(56, 12)});
  --bubble: var(--munui-bubble, var(--surface)); --soft: var(--munui-soft, color-mix(in srgb, var(--accent) 11%, var(--surface)));
  --danger: #c0263a; --warn: #fff4d9; --on-warn: #5a4100; --good: #16794a;
  --shadow: 0 12px 48px rgb(20 26 45 / .2), 0 2px 8px rgb(20 26 45 / .1);`;

const DARK = `
  --surface: var(--munui-surface, color-mix(in oklab, var(--accent) 7%, #1a1a1b)); --canvas: var(--munui-canvas, color-mix(in oklab, #000 25%, var(--surface)));
  --text: var(--munui-text, ${tinted(95, 3)}); --muted: var(--munui-muted, ${tinted(71, 9)});
  --line: var(--munui-line, color-mix(in oklab, var(--text) 13%, var(--surface))); --edge: var(--munui-edge, ${tinted(56, 9)});
  --bubble: var(--munui-bubble, color-mix(in oklab, var(--text) 6%, var(--surface))); --soft: var(--munui-soft, color-mix(in srgb, var(--accent) 22%, var(--surface)));
  --danger: #ff8f9c; --warn: #3d3114; --on-warn: #ffe2a0; --good: #6fd6a2;
  --shadow: 0 12px 48px rgb(0 0 0 / .55), 0 0 0 1px var(--line);`;

const WRITING = firm(`
  font: 400 15px/1.5 var(--munui-font, system-ui, "Apple SD Gothic Neo", "Noto Sans KR", "Malgun Gothic", sans-serif); color: var(--text);
  unicode-bidi: isolate; user-select: text; -webkit-user-select: text; word-break: keep-all; overflow-wrap: anywhere; -webkit-text-size-adjust: 100%;`);

export const PANEL = `
:host{${WRITING}}
${grounds(LIGHT, DARK)}
.stage{--bot: var(--munui-bot, var(--accent)); --on-bot: ${onto("--bot")}}
p, h2, ul, dl, dd{margin: 0; padding: 0}
ul{list-style: none}
button, input, select, textarea{font: inherit; color: inherit; letter-spacing: inherit}
button:disabled{cursor: default}
.sr{position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap}
.launcher[aria-expanded=false] .icon-down, .launcher[aria-expanded=true] .icon-chat{display: none}
.badge{min-inline-size: 20px; block-size: 20px; padding-inline: 6px; border-radius: 10px; background: #d92c44; color: #fff; font-size: 12px; font-weight: 700; line-height: 20px; text-align: center}
.launcher .badge{position: absolute; inset-block-start: -3px; inset-inline-end: -3px; box-shadow: 0 0 0 2px var(--surface)}

.panel{position: absolute; inset-block-end: 76px; inset-inline-end: 0; display: flex; flex-direction: column; overflow: hidden; inline-size: min(var(--munui-width, 384px), 100vw - 40px); block-size: var(--munui-height, min(680px, 100dvh - 120px)); max-block-size: calc(100dvh - 104px); border-radius: var(--munui-radius, 20px); background: var(--surface); box-shadow: var(--shadow); animation: rise .2s cubic-bezier(.2, .8, .3, 1)}
.left .panel{inset-inline: 0 auto}
:host([launcher=none]) .panel{inset-block-end: 0}
:host([layout=inline]) .panel{inset: 0; inline-size: auto; block-size: auto; max-block-size: none; border: 1px solid var(--line); box-shadow: none; animation: none}
@keyframes rise{from{opacity: 0; transform: translateY(12px) scale(.985)}}
.header{display: flex; align-items: center; gap: 10px; padding: 14px 12px 14px 16px; border-block-end: 1px solid var(--line); background: var(--surface)}
.titles{flex: 1; min-inline-size: 0}
h2{font-size: 16px; line-height: 1.3; font-weight: 700}
.status{display: flex; align-items: center; gap: 6px; font-size: 12.5px; line-height: 1.4; color: var(--muted)}
.status::before{content: ""; flex: none; inline-size: 7px; block-size: 7px; border-radius: 50%; background: var(--good)}
.status.off::before{background: var(--edge)}
.status.wait::before{background: var(--accent); animation: wave 1.4s infinite}
.avatar{display: grid; place-items: center; flex: none; inline-size: 38px; block-size: 38px; border-radius: 14px; overflow: hidden; background: var(--bot); color: var(--on-bot)}
.avatar img{inline-size: 100%; block-size: 100%; object-fit: cover; background: var(--surface)}
.avatar b{font-size: 1.15em}
.round{display: grid; place-items: center; flex: none; inline-size: 40px; block-size: 40px; border-radius: 50%; color: var(--muted)}
.round:hover{background: var(--canvas); color: var(--text)}
.header .round:first-child, .header .round + .round{margin-inline-start: -8px}
.bell[aria-pressed=true] .icon{color: var(--link); fill: currentColor}
.body{flex: 1; min-block-size: 0; display: flex; flex-direction: column; background: var(--canvas)}

.banner, .waiting{display: flex; align-items: center; justify-content: space-between; gap: 12px; padding: 9px 16px; font-size: 13px; line-height: 1.45; background: var(--warn); color: var(--on-warn)}
.banner .link, .waiting .link{color: inherit; flex: none}
.waiting{background: var(--soft); color: var(--text)}
.offer{padding: 16px; border-block-end: 1px solid var(--line); font-size: 14px}
.offer p{margin-block: 4px 12px; color: var(--muted)}
.offer button{margin-inline-end: 8px}
.primary, .secondary{display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-block-size: 44px; padding: 9px 20px; border-radius: 14px; font-weight: 600; background: var(--accent); color: var(--on-accent)}
.primary:disabled, .send:disabled{background: var(--line); color: var(--muted)}
.secondary{background: var(--surface); color: var(--text); box-shadow: inset 0 0 0 1px var(--edge)}
.link{min-block-size: 24px; padding-inline: 2px; font-size: 13px; font-weight: 600; color: var(--link); text-decoration: underline; text-underline-offset: 3px}

.list{flex: 1; overflow-y: auto; overscroll-behavior: contain; padding-block-end: 16px}
.hero{margin: 16px 16px 0; padding: 20px; border-radius: 18px; background: var(--surface); box-shadow: 0 1px 2px rgb(20 26 45 / .06); color: var(--muted)}
.big{font-size: 19px; font-weight: 700; color: var(--text)}
.hero .primary{inline-size: 100%; margin-block-start: 16px}
.conversations{margin: 16px 16px 0; border-radius: 18px; overflow: hidden; background: var(--surface); box-shadow: 0 1px 2px rgb(20 26 45 / .06)}
.conversations li + li{border-block-start: 1px solid var(--line)}
.conversation{display: flex; align-items: center; gap: 12px; inline-size: 100%; padding: 13px 16px; text-align: start}
.conversation:hover, .chip:hover{background: var(--soft)}
.state{display: grid; place-items: center; flex: none; inline-size: 34px; block-size: 34px; border-radius: 50%; background: var(--soft); color: var(--link)}
.state[data-of=completed]{background: var(--canvas); color: var(--muted)}
.about{flex: 1; min-inline-size: 0}
.snippet{display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 1; overflow: hidden; font-weight: 500; overflow-wrap: anywhere}
.when, .summary dt{font-size: 12.5px; color: var(--muted)}

.frame{position: relative; flex: 1; min-block-size: 0; display: flex; flex-direction: column}
.frame > .typing{margin: 20px 16px}
.log{flex: 1; overflow-y: auto; overflow-x: hidden; padding: 16px 16px 20px; overscroll-behavior: contain; overflow-anchor: none}
.log:focus-visible, .conversation:focus-visible{outline-offset: -3px}
.items{position: relative; display: flex; flex-direction: column}
.older{display: block; margin: 8px auto}
.day{display: flex; justify-content: center; margin-block: 8px 14px}
.day span{padding: 3px 12px; border-radius: 12px; background: color-mix(in srgb, var(--muted) 12%, transparent); font-size: 12px; color: var(--muted)}
.row{display: grid; grid-template-columns: minmax(0, max-content) auto; align-items: end; column-gap: 7px; margin-block-start: 3px; max-inline-size: 100%}
.row.fresh{animation: appear .18s ease-out}
.row.first{margin-block-start: 14px}
@keyframes appear{from{opacity: 0; transform: translateY(6px)}}
.row.bot{grid-template-columns: 32px minmax(0, max-content) auto; justify-content: start; padding-inline-end: 8px}
.row.bot > :not(.avatar, .meta){grid-column: 2}
.who{display: none; margin-block-end: 3px; font-size: 12.5px; font-weight: 600; color: var(--muted)}
.row.first > .who{display: block}
.row.first .avatar{grid-row: span 2}
.row.user{grid-template-columns: auto minmax(0, max-content); justify-content: end; padding-inline-start: 32px}
.row.user .meta{grid-area: 1 / 1; align-items: flex-end; text-align: end}
.row.user .bubble{grid-area: 1 / 2}
.row .avatar{align-self: start; inline-size: 30px; block-size: 30px; border-radius: 11px; font-size: 13px; visibility: hidden}
.row.first .avatar{visibility: visible}
.header.person .avatar, .row.person .avatar{border-radius: 50%; background: var(--soft); color: var(--link)}
.bubble{min-inline-size: 0; padding: 9px 14px; border-radius: 18px; background: var(--bubble); box-shadow: 0 1px 2px rgb(20 26 45 / .06); white-space: pre-wrap; unicode-bidi: plaintext}
.bot.first .bubble{border-start-start-radius: 5px}
.user .bubble{background: var(--accent); color: var(--on-accent)}
.user.last .bubble{border-end-end-radius: 5px}
.bubble a, .notice a{color: inherit; text-underline-offset: 3px}
.bot .bubble a{color: var(--link)}
.item{display: block; padding-inline-start: 1.2em; text-indent: -1.2em}
.bubble:has(.rows){overflow-x: auto}
.rows{border-collapse: collapse; font-size: 13px; word-break: keep-all; overflow-wrap: normal}
.rows :is(th, td){padding: 5px 10px 5px 0; border-block-end: 1px solid var(--line); text-align: start; vertical-align: top}
.sources{grid-column: 2; display: flex; flex-wrap: wrap; gap: 6px; margin-block-start: 6px}
.source{display: flex; inline-size: fit-content; align-items: center; gap: 6px; min-block-size: 32px; padding: 4px 12px; border-radius: 12px; background: var(--soft); color: var(--link); font-size: 13px; font-weight: 600; text-decoration: none}
.source:hover{text-decoration: underline}
.quote{display: block; padding: 2px 12px; font-size: 12.5px; color: var(--muted)}
.meta{display: flex; flex-direction: column; align-items: flex-start; padding-block-end: 2px; font-size: 11.5px; line-height: 1.4; color: var(--muted); white-space: nowrap}
.meta span{white-space: normal}
.failed{color: var(--danger); font-weight: 600}
.meta .link{font-size: 12px}
.row.wide{grid-template-columns: 32px minmax(0, 1fr); padding-inline-end: 0}
.row.wide .meta{grid-column: 2; padding-block-start: 3px}
.notice{align-self: center; unicode-bidi: plaintext; max-inline-size: 92%; margin-block: 16px 4px; padding: 8px 16px; border-radius: 14px; background: color-mix(in srgb, var(--muted) 12%, transparent); font-size: 13.5px; text-align: center; color: var(--text); white-space: pre-wrap; animation: appear .18s ease-out}

.chips{display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; margin-block-start: 16px; padding-inline-start: 32px; animation: appear .22s ease-out}
.chip{min-block-size: 40px; padding: 7px 16px; border-radius: 20px; background: var(--surface); color: var(--link); font-weight: 600; box-shadow: inset 0 0 0 1.5px var(--link); overflow-wrap: anywhere; text-align: start}
.typing{display: flex; gap: 4px; align-self: flex-start; margin: 14px 0 0 39px; padding: 14px; border-radius: 18px; border-start-start-radius: 5px; background: var(--bubble); inline-size: fit-content}
.types .typing{margin: 0}
.typing i{inline-size: 7px; block-size: 7px; border-radius: 50%; background: var(--edge); animation: wave 1.1s infinite}
.typing i + i{animation-delay: .15s}
.typing i + i + i{animation-delay: .3s}
@keyframes wave{30%{opacity: .35; transform: translateY(-3px)} 60%{transform: none}}
.preview{position: absolute; inset-block-end: 6px; inset-inline-end: 72px; display: flex; align-items: flex-start; inline-size: max-content; max-inline-size: min(300px, 100vw - 116px); border-radius: 18px; border-end-end-radius: 5px; background: var(--surface); box-shadow: var(--shadow); animation: rise .2s ease-out}
.left .preview{inset-inline: 72px auto; border-end-end-radius: 18px; border-end-start-radius: 5px}
.said{display: flex; gap: 10px; min-inline-size: 0; padding: 12px 0 12px 12px; text-align: start; font-size: 14px; line-height: 1.45}
.said .avatar{inline-size: 32px; block-size: 32px; border-radius: 11px}
.said b{display: block; font-size: 12.5px; color: var(--muted)}
.said .avatar b{color: inherit}
.few{display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden}
.preview .round{inline-size: 36px; block-size: 36px; margin: 3px}
.preview .round .icon{inline-size: 16px; block-size: 16px}
.jump{position: absolute; inset-block-end: 12px; inset-inline: 0; margin-inline: auto; inline-size: fit-content; display: flex; align-items: center; gap: 6px; min-block-size: 36px; padding: 6px 16px; border-radius: 18px; background: var(--surface); color: var(--link); font-size: 13.5px; font-weight: 600; box-shadow: 0 4px 16px rgb(20 26 45 / .2), 0 0 0 1px var(--line)}

.card{padding: 16px; border-radius: 18px; border-start-start-radius: 5px; background: var(--surface); box-shadow: 0 1px 2px rgb(20 26 45 / .06)}
.card .lead{margin-block-end: 12px; font-weight: 600}
.field{margin-block-end: 14px}
.field label{display: flex; gap: 6px; align-items: baseline; margin-block-end: 5px; font-size: 13.5px; font-weight: 600}
.control{display: block; inline-size: 100%; min-block-size: 44px; padding: 9px 12px; border: 1px solid var(--edge); border-radius: 12px; background: var(--surface); font-size: max(16px, 1em); scroll-margin-block: 84px 32px}
textarea.control{resize: vertical; min-block-size: 96px}
.control::placeholder, .input::placeholder{color: var(--muted); opacity: 1}
.control:focus-visible{outline-offset: -1px; border-color: transparent}
.control:disabled{background: var(--canvas); color: var(--muted)}
[aria-invalid=true].control{border-color: var(--danger); box-shadow: inset 0 0 0 1px var(--danger)}
[aria-invalid=true].control:focus-visible{outline-color: var(--danger)}
.help{margin-block-start: 4px; font-size: 12.5px; font-weight: 400; color: var(--muted)}
.fault{display: flex; gap: 6px; align-items: flex-start; margin-block-start: 4px; font-size: 13px; font-weight: 500; color: var(--danger)}
.fault .icon{order: -1; margin-block-start: .2em; inline-size: 1.15em; block-size: 1.15em}
.fault span:empty + .icon, .card > .fault:has(span:empty){display: none}
.card > .fault{position: sticky; inset-block-start: 0; z-index: 1; margin: 0 -6px 12px; padding: 8px 10px; border-radius: 10px; background: color-mix(in oklab, var(--danger) 10%, var(--surface)); box-shadow: inset 0 0 0 1px var(--danger)}
.aside{display: block; margin: 12px auto 0}
.field.checkbox{display: grid; grid-template-columns: auto 1fr; gap: 0 10px}
.field.checkbox label{font-weight: 400; margin: 2px 0 0}
.field.checkbox .fault, .field.checkbox .help{grid-column: 2}
.checkbox .control{inline-size: 24px; min-block-size: 24px; margin: 0; accent-color: var(--accent)}
.summary .lead{display: flex; align-items: center; gap: 6px; color: var(--good); margin: 0}
.summary dl{display: grid; gap: 8px; margin-block-start: 10px; font-size: 14px}
.summary dd{white-space: pre-wrap}
.summary .agreed{display: flex; flex-direction: row-reverse; justify-content: flex-end; align-items: center; gap: 6px; color: var(--good)}

.bottom{border-block-start: 1px solid var(--line); background: var(--surface); padding-block-end: env(safe-area-inset-bottom)}
.composer{padding: 10px 12px}
.entry{display: flex; align-items: flex-end; gap: 8px; padding: 4px 4px 4px 14px; border: 1px solid var(--edge); border-radius: 24px}
.entry:focus-within{border-color: var(--link); box-shadow: 0 0 0 1px var(--link)}
.input{flex: 1; min-inline-size: 0; max-block-size: 132px; padding: 8px 0; border: 0; background: none; resize: none; outline: none; overscroll-behavior: contain; font-size: 16px; line-height: 1.4}
.send{display: grid; place-items: center; flex: none; inline-size: 40px; block-size: 40px; border-radius: 50%; background: var(--accent); color: var(--on-accent)}
.counter{padding: 4px 14px 0; font-size: 12.5px; color: var(--muted)}
.input[aria-invalid=true]{color: var(--danger)}
.ended{padding: 12px 16px}
:is(.card, .ended) .primary{inline-size: 100%}

:is(.badge, .conversations, .preview, .counter):empty{display: none}

@media (max-width: 480px), (max-height: 460px){:host(:not([layout=inline])) .launcher[aria-expanded=true]{display: none}}
@media (max-height: 460px){:host(:not([layout=inline])) .panel{inset-block: auto -12px; block-size: calc(100dvh - 16px); max-block-size: none} .header{padding-block: 6px}}
@media (max-width: 480px){:host(:not([layout=inline])) .panel{position: fixed; inset: 0; inline-size: auto; block-size: 100dvh; max-block-size: none; border-radius: 0}}
@media (prefers-reduced-motion: reduce){*, ::before, ::after{animation-duration: .01ms !important; animation-iteration-count: 1 !important; transition: none !important}}
@media (forced-colors: active){
  .bubble, .card, .panel, .chip, .primary, .send, .jump, .notice, .preview{border: 1px solid}
  .status::before, .typing i{forced-color-adjust: none; background: CanvasText}
  .status.off::before{background: GrayText}
}
`;
