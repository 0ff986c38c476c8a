/** Files that are to be imported: which kind they are, and what is in them as the API takes it. */

export const ENDINGS = ".md,.markdown,.csv";
/** Together, in bytes. */
export const MOST_BYTES = 1024 * 1024;
const KINDS = { md: "markdown", markdown: "markdown", csv: "csv" };

const kindOf = ({ name }) => KINDS[name.split(".").at(-1).toLowerCase()] ?? null;

/** What is wrong with these files, as a key; null where nothing is. @param {File[]} files */
export function faultOf(files) {
  if (!files.length) return "art_fault_files_none";
  const kinds = new Set(files.map(kindOf));
  if (kinds.has(null)) return "art_fault_files_kind";
  if (kinds.size > 1) return "art_fault_files_mixed";
  return files.reduce((sum, { size }) => sum + size, 0) > MOST_BYTES ? "art_fault_files_size" : null;
}

/** @param {File[]} files of one kind @returns {Promise<{kind: string, files: {name: string, data: string}[]}>} */
export async function toImport(files) {
  const read = files.map(async (file) => ({ name: file.name, data: await inBase64(file) }));
  return { kind: kindOf(files[0]), files: await Promise.all(read) };
}

/** The bytes as they are: which letters they stand for is the service's to find out. */
function inBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1] ?? "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
