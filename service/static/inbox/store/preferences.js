/** How one operator likes to work, in this browser. */

import { Shelf } from "../../munui/storage.js";

export class Preferences {
  /** @param {string} operatorId whose they are */
  constructor(operatorId) {
    this.shelf = new Shelf("localStorage", `inbox.preferences.${operatorId}`);
  }

  /** Whether Enter sends a reply; else Ctrl and Enter do. */
  get enterSends() {
    return (this.shelf.get("sends") ?? "enter") === "enter";
  }

  set enterSends(value) {
    this.shelf.set("sends", value ? "enter" : "ctrl");
  }
}
