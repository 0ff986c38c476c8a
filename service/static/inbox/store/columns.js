/** Which column a narrow screen shows; on a wide one all are there. */

/** Dispatches `change`. */
export class Columns extends EventTarget {
  /** @type {"list"|"conversation"|"beside"} */
  shown = "list";

  /** @param {"list"|"conversation"|"beside"} column */
  show(column) {
    if (column === this.shown) return;
    this.shown = column;
    this.dispatchEvent(new Event("change"));
  }
}
