/** A condition while it is written: groups that hold each other, as a tree that a form can change. Pure. */

import { parted } from "./fields.js";

let last = 0;
/** A condition that is still empty. */
export const leaf = (told = {}) => ({
  id: ++last,
  kind: "leaf",
  field: "message.content",
  own: "",
  op: "contains",
  value: "",
  ...told,
});
/** @param {"all"|"any"|"none"} kind */
export const group = (kind = "all", items = []) => ({ id: ++last, kind, items });

/** The tree of a rule's condition: a group, always. @param {?object} condition */
export function opened(condition) {
  const node = condition ? read(condition) : group();
  return node.kind === "leaf" ? group("all", [node]) : node;
}

function read(condition) {
  if (condition.all) return group("all", condition.all.map(read));
  if (condition.any) return group("any", condition.any.map(read));
  if (condition.not) return group("none", condition.not.any ? condition.not.any.map(read) : [read(condition.not)]);
  const [field, own] = parted(condition.field);
  return leaf({ field, own, op: condition.op, value: condition.value ?? true });
}

/** As a rule has it, and where each part of the tree stands in that. @returns {{when: ?object, places: Map<number, string>}} */
export function written(root) {
  const places = new Map();
  if (!root.items.length && root.kind !== "any") return { when: null, places: places.set(root.id, "when") };
  // One condition needs no group.
  if (root.kind === "all" && root.items.length === 1) {
    places.set(root.id, "");
    return { when: write(root.items[0], "when", places), places };
  }
  return { when: write(root, "when", places), places };
}

function write(node, place, places) {
  places.set(node.id, place);
  if (node.kind === "leaf") return { field: node.field + node.own.trim(), op: node.op, value: node.value };
  const each = (at) => node.items.map((one, index) => write(one, `${at}.${index}`, places));
  if (node.kind !== "none") return { [node.kind]: each(`${place}.${node.kind}`) };
  if (node.items.length === 1) return { not: write(node.items[0], `${place}.not`, places) };
  return { not: { any: each(`${place}.not.any`) } };
}

/** The conditions of a tree, without its groups. */
export const leavesOf = (node) => (node.kind === "leaf" ? [node] : node.items.flatMap(leavesOf));
