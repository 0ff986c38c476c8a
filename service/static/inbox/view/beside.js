/** What stands beside the conversation that is open: who it is with. */

import { html, nothing } from "lit";
import { View } from "./element.js";
import { nameOf } from "./words.js";

class InboxBeside extends View {
  follows(follow) {
    follow(this.desk.inbox, "change");
  }

  render() {
    const { opened } = this.desk.inbox;
    return opened ? html`<p><bdi>${nameOf(opened.contact)}</bdi></p>` : nothing;
  }
}

customElements.define("inbox-beside", InboxBeside);
