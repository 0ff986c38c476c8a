/**
 * Bundles the readable modules and sheets: `node build.mjs SOURCES OUT`. Prints one line of JSON: the name of each file
 * that was made, by the name that the service knows it under. Beside each lie its source map and both packed forms.
 */

import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { build } from "esbuild";

const [sources, out] = process.argv.slice(2);
const packers = {
  br: (body) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: body.length } }),
  gz: (body) => promisify(gzip)(body, { level: 9 }),
};

/** Takes the white space out of the sheet that stands in a module, where esbuild sees a text like any other. */
const sheets = {
  name: "sheets",
  setup: ({ onLoad }) =>
    onLoad({ filter: /munui\/view\/(launcher-)?styles\.js$/ }, async ({ path }) => {
      // Not after a brace within a line: it may end a value that is put in.
      const packed = (sheet) => sheet.replace(/([:;,{])\s+|(\})\n+/g, "$1$2");
      return { contents: (await readFile(path, "utf8")).replace(/`[^`]*`/g, packed) };
    }),
};

/** Makes the files of these entries (name: source). @returns {Promise<Record<string, string>>} */
async function make(entries, define = {}) {
  const { metafile } = await build({
    absWorkingDir: sources,
    entryPoints: entries,
    outdir: out,
    entryNames: "[name]-[hash]",
    metafile: true,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    plugins: [sheets],
    sourcemap: "external",
    define,
    logLevel: "warning",
  });
  const known = Object.fromEntries(Object.entries(entries).map(([name, source]) => [source, name]));
  const made = Object.entries(metafile.outputs).filter(([, { entryPoint }]) => entryPoint);
  return Object.fromEntries(
    made.map(([file, { entryPoint }]) => [known[entryPoint] + file.slice(file.lastIndexOf(".")), basename(file)]),
  );
}

/** Says where the map is, wherever the file itself is served from, and packs both. */
async function finish(name) {
  const note = `sourceMappingURL=/assets/${name}.map`;
  const file = join(out, name);
  await writeFile(file, `${await readFile(file, "utf8")}${name.endsWith(".css") ? `/*# ${note} */` : `//# ${note}`}\n`);
  for (const path of [file, `${file}.map`]) {
    const body = await readFile(path);
    for (const [ending, pack] of Object.entries(packers)) await writeFile(`${path}.${ending}`, await pack(body));
  }
}

/** The address that the service gives a file. */
const address = (file) => `/assets/${names[file]}`;

const names = await make({ "texts-ko": "munui/texts/ko.js", "texts-en": "munui/texts/en.js" });
const TEXTS = JSON.stringify({ ko: address("texts-ko.js"), en: address("texts-en.js") });
Object.assign(
  names,
  await make(
    {
      munui: "munui/define.js",
      site: "site.css",
      api: "site/api.css",
      session: "site/session.js",
      "chat-buttons": "site/chat-buttons.js",
      developers: "site/developers.js",
    },
    { TEXTS },
  ),
);
// Its content names the others, so it is made last.
Object.assign(names, await make({ embed: "embed.js" }, { TEXTS, CHAT: JSON.stringify(address("munui.js")) }));
await Promise.all(Object.values(names).map(finish));
console.log(JSON.stringify(names));
