/** The table of links: what people write, and the addresses in it. A case more is a line more in links.json. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { addressesIn } from "../../service/static/munui/view/links.js";

const TABLE = JSON.parse(readFileSync(new URL("links.json", import.meta.url), "utf8"));

for (const [text, links] of TABLE) {
  test(text, () => {
    const parts = addressesIn(text);
    assert.deepEqual(
      parts.filter((_, index) => index % 2),
      links,
    );
    assert.equal(parts.join(""), text, "something of the text is lost");
  });
}
