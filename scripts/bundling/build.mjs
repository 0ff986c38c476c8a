/**
 * Bundles the readable modules and sheets: `node build.mjs SOURCES OUT`. Prints one line of JSON: the name of each file
 * that was made, by the name that the service knows it under. Beside each lie its source map and both packed forms.
 */

import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { extname, join, parse } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { build, transform } from "esbuild";
import { minify } from "terser";

const [sources, out] = process.argv.slice(2);
const { BROTLI_PARAM_QUALITY: QUALITY } = constants;
const packers = {
  // As small as it gets takes a while: not for maps, which only developers load.
  br: (body, path) => promisify(brotliCompress)(body, { params: { [QUALITY]: path.endsWith(".map") ? 6 : 11 } }),
  gz: (body) => promisify(gzip)(body, { level: 9 }),
};

/** Runs the modules that write a sheet, so that browsers get the sheet itself, and that as small as any other. */
const looks = {
  name: "looks",
  setup: ({ onLoad }) =>
    onLoad({ filter: /munui\/view\/looks\/\w+\.js$/ }, async ({ path }) => {
      const texts = Object.entries(await run(path)).filter(([, value]) => typeof value === "string");
      const lines = texts.map(async ([name, text]) => `export const ${name} = ${JSON.stringify(await small(text))};`);
      return { contents: (await Promise.all(lines)).join("\n") };
    }),
};

/** What a module exports; as one text, because a folder says nothing here about which kind of scripts is in it. */
async function run(path) {
  const { outputFiles } = await build({ entryPoints: [path], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

async function small(sheet) {
  // In values of custom properties esbuild leaves the spaces, for a script may read them; none does.
  const { code } = await transform(sheet, { loader: "css", minify: true, logLevel: "warning" });
  return code
    .trim()
    .replace(/(--[\w-]+:|,) /g, "$1")
    .replaceAll(" !important", "!important");
}

/** Makes the files of these entries (name: source). @returns {Promise<Record<string, string>>} */
async function make(entries, define = {}) {
  const { outputFiles } = await build({
    absWorkingDir: sources,
    entryPoints: entries,
    outdir: out,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    plugins: [looks],
    sourcemap: "external",
    write: false,
    define,
    logLevel: "warning",
  });
  const made = Object.fromEntries(outputFiles.map(({ path, text }) => [parse(path).base, text]));
  const files = Object.keys(made).filter((file) => !file.endsWith(".map"));
  const names = files.map(async (file) => [
    file,
    await finish(file, await packed(file, made[file], made[`${file}.map`])),
  ]);
  return Object.fromEntries(await Promise.all(names));
}

// Comparisons stay as they are written: turned round, they repeat less of what stands beside them, and pack worse.
const compress = { passes: 2, lhs_constants: false };

/** Scripts once more: terser gives names again in inner functions and sees through more of them than esbuild. */
async function packed(file, code, map) {
  if (extname(file) !== ".js") return { code, map };
  return minify({ [file]: code }, { module: true, ecma: 2020, compress, sourceMap: { content: map } });
}

/** Names a file by what is in it, says where its map is, wherever it is served from, and packs both. */
async function finish(file, { code, map }) {
  const { name: stem, ext } = parse(file);
  const name = `${stem}-${createHash("sha256").update(code).digest("hex").slice(0, 8).toUpperCase()}${ext}`;
  const note = `sourceMappingURL=/assets/${name}.map`;
  const bodies = { [name]: `${code}\n${ext === ".css" ? `/*# ${note} */` : `//# ${note}`}\n`, [`${name}.map`]: map };
  for (const [path, text] of Object.entries(bodies)) {
    const body = Buffer.from(text);
    await writeFile(join(out, path), body);
    for (const [ending, pack] of Object.entries(packers))
      await writeFile(join(out, `${path}.${ending}`), await pack(body, path));
  }
  return name;
}

const address = (name) => JSON.stringify(`/assets/${name}`);

const texts = await make({ "texts-ko": "munui/texts/ko.js", "texts-en": "munui/texts/en.js" });
const TEXTS = `{"ko":${address(texts["texts-ko.js"])},"en":${address(texts["texts-en.js"])}}`;
const people = await make({ people: "munui/people/company.js" });
const others = await make(
  {
    munui: "munui/define.js",
    site: "site.css",
    api: "site/api.css",
    session: "site/session.js",
    "chat-buttons": "site/chat-buttons.js",
    developers: "site/developers.js",
  },
  { TEXTS, PEOPLE: address(people["people.js"]) },
);
// Its content names the others, so it is made last.
const entry = await make({ embed: "embed.js" }, { TEXTS, CHAT: address(others["munui.js"]) });
console.log(JSON.stringify({ ...texts, ...people, ...others, ...entry }));
