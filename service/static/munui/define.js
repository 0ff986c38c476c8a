/** Registers <munui-chat>. Apart from the class, so that the class can be tested or extended without a registration. */

import { MunuiChatElement } from "./chat-element.js";

if (!customElements.get("munui-chat")) customElements.define("munui-chat", MunuiChatElement);
