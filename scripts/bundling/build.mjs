/**
 * Bundles the readable modules and sheets: `node build.mjs SOURCES OUT`. Prints one line of JSON: `names`, the name of each
 * file that was made by the name that the service knows it under, and `parts`, the files that a script loads at once besides
 * itself. Beside each lie its source map and both packed forms.
 */

import { createHash } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { extname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { build, transform } from "esbuild";
import { minify } from "terser";

const [sources, out] = process.argv.slice(2);
// As small as can be what every visitor loads; maps are for who looks into a fault.
const packers = {
  br: (body, isMap) =>
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: isMap ? 4 : 11 } }),
  // How much it remembers decides where it begins new tables; for which text which is best, nobody can say before.
  gz: async (body, isMap) => {
    const tries = (isMap ? [8] : [6, 7, 8, 9]).map((memLevel) =>
      promisify(gzip)(body, { level: isMap ? 6 : 9, memLevel }),
    );
    return (await Promise.all(tries)).reduce((best, one) => (one.length < best.length ? one : best));
  },
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

/**
 * A folder with a file a subject, as one file: `joined:inbox/looks` is every sheet, `joined:inbox/texts/ko` one table of all
 * texts. So a subject is added by adding its file.
 */
const joined = {
  name: "joined",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^joined:/ }, ({ path }) => ({ path: path.slice("joined:".length), namespace: "joined" }));
    onLoad({ filter: /.*/, namespace: "joined" }, async ({ path }) => {
      const files = (await readdir(join(sources, path))).sort();
      const isSheets = files.every((file) => file.endsWith(".css"));
      const lines = files.map((file, place) =>
        isSheets ? `@import "./${file}";` : `import t${place} from "./${file}";`,
      );
      if (!isSheets) lines.push(`export const TEXTS = { ${files.map((_, place) => `...t${place}`).join(", ")} };`);
      return { contents: lines.join("\n"), loader: isSheets ? "css" : "js", resolveDir: join(sources, path) };
    });
  },
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

// What is loaded only when it is wanted names the others by these names, so they stay. They change with what is in them.
const CHUNK = "[name]-[hash]";
const IS_CHUNK = /-[0-9A-Z]{8}\.js$/;

/** By script, what it loads at once. @type {Record<string, string[]>} */
const parts = {};

/** Makes the files of these entries (name: source). @returns {Promise<Record<string, string>>} */
async function make(entries, { define = {}, splitting = false } = {}) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: sources,
    entryPoints: entries,
    metafile: true,
    outdir: out,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    plugins: [looks, joined],
    nodePaths: [fileURLToPath(new URL("node_modules", import.meta.url))],
    splitting,
    chunkNames: CHUNK,
    sourcemap: "external",
    write: false,
    define,
    logLevel: "warning",
  });
  const made = Object.fromEntries(outputFiles.map(({ path, text }) => [parse(path).base, text]));
  for (const [path, { imports, entryPoint }] of Object.entries(metafile.outputs)) {
    const wanted = imports.filter(({ kind, external }) => kind === "import-statement" && !external);
    if (entryPoint && wanted.length) parts[parse(path).base] = wanted.map((one) => parse(one.path).base);
  }
  const files = Object.keys(made).filter((file) => !file.endsWith(".map"));
  const names = files.map(async (file) => [
    file,
    await finish(file, await packed(file, made[file], made[`${file}.map`])),
  ]);
  return Object.fromEntries(await Promise.all(names));
}

// Comparisons stay as they are written: turned round, they repeat less of what stands beside them, and pack worse.
const compress = { passes: 3, lhs_constants: false };

/** Scripts once more: terser gives names again in inner functions and sees through more of them than esbuild. */
async function packed(file, code, map) {
  if (extname(file) !== ".js") return { code, map };
  return minify({ [file]: code }, { module: true, ecma: 2020, compress, sourceMap: { content: map } });
}

/** Names a file by what is in it, says where its map is, wherever it is served from, and packs both. */
async function finish(file, { code, map }) {
  const { name: stem, ext } = parse(file);
  const hash = createHash("sha256").update(code).digest("hex").slice(0, 8).toUpperCase();
  const name = IS_CHUNK.test(file) ? file : `${stem}-${hash}${ext}`;
  const note = `sourceMappingURL=/assets/${name}.map`;
  const bodies = { [name]: `${code}\n${ext === ".css" ? `/*# ${note} */` : `//# ${note}`}\n`, [`${name}.map`]: map };
  for (const [path, text] of Object.entries(bodies)) {
    const body = Buffer.from(text);
    await writeFile(join(out, path), body);
    for (const [ending, pack] of Object.entries(packers))
      await writeFile(join(out, `${path}.${ending}`), await pack(body, path.endsWith(".map")));
  }
  return name;
}

const address = (name) => JSON.stringify(`/assets/${name}`);

const texts = await make({ "texts-ko": "munui/texts/ko.js", "texts-en": "munui/texts/en.js" });
const TEXTS = `{"ko":${address(texts["texts-ko.js"])},"en":${address(texts["texts-en.js"])}}`;
const later = await make({ people: "munui/people/company.js", help: "munui/help/guide.js" });
const others = await make(
  {
    munui: "munui/define.js",
    site: "site.css",
    api: "site/api.css",
    session: "site/session.js",
    "chat-buttons": "site/chat-buttons.js",
    developers: "site/developers.js",
  },
  { define: { TEXTS, PEOPLE: address(later["people.js"]), HELP: address(later["help.js"]) } },
);
const inbox = {
  ...(await make({
    inbox: "joined:inbox/looks",
    "inbox-texts-ko": "joined:inbox/texts/ko",
    "inbox-texts-en": "joined:inbox/texts/en",
    "inbox-beat": "inbox/beat.js",
  })),
  ...(await make({ inbox: "inbox/main.js" }, { splitting: true })),
};
// Its content names the others, so it is made last.
const entry = await make({ embed: "embed.js" }, { define: { TEXTS, CHAT: address(others["munui.js"]) } });
// Of what is loaded on demand nobody asks which parts it has.
const known = Object.entries(parts).filter(([file]) => !IS_CHUNK.test(file));
const names = { ...texts, ...later, ...others, ...inbox, ...entry };
console.log(JSON.stringify({ names, parts: Object.fromEntries(known) }));
