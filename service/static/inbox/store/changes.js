/**
 * What an operator does to a conversation: each by one call, from the state that they saw.
 *
 * Belongs here: the calls, and when one may be sent again without asking. Does not belong here: saying a refusal in words
 * (`view/conversation/refusals.js`). Everything here rejects with an error that has a `code`.
 */

const GUARDED = ["assigneeId", "handling", "status"];

/** It is mine from now on. @param {import("./conversation.js").Conversation} conversation */
export async function claim(conversation) {
  try {
    conversation.applyAnswer(await conversation.api.post(`${conversation.path}/claim`));
  } catch (error) {
    if (["already_assigned", "conversation_completed"].includes(error.code)) conversation.pull();
    throw error;
  }
}

/**
 * Change it: `assigneeId`, `handling` and `status` from the state that is shown, all else of any.
 * @param {import("./conversation.js").Conversation} conversation @param {object} changes
 */
export async function change(conversation, changes) {
  for (;;) {
    const seen = conversation.row;
    const ifRev = GUARDED.some((name) => name in changes) ? { ifRev: seen.rev } : {};
    try {
      conversation.applyAnswer(await conversation.api.patch(conversation.path, { ...ifRev, ...changes }));
      return;
    } catch (error) {
      const now = error.code === "conversation_changed" && error.conversation;
      if (now) conversation.applyAnswer({ conversation: now });
      else if (error.code === "conversation_completed") conversation.pull();
      if (!now || now.rev <= seen.rev || !isSameToLookAt(seen, now)) throw error;
    }
  }
}

/** What brings back what was before it was completed. @param {object} row as it was @returns {object} for `change` */
export function reopening({ handling }) {
  return handling === "agent" ? { status: "open" } : { status: "open", handling };
}

export async function editNote(conversation, note, content) {
  conversation.applyNote(await conversation.api.patch(`/notes/${note.id}`, { content }));
}

export async function deleteNote(conversation, note) {
  try {
    await conversation.api.delete(`/notes/${note.id}`);
  } catch (error) {
    if (error.code !== "not_found") throw error; // gone is what was wanted
  }
  conversation.dropNote(note.id);
  conversation.pull();
}

/** Whether only a label, a note or the like has changed: nothing that somebody would decide differently for. */
const isSameToLookAt = (one, other) =>
  one.status === other.status &&
  one.handling === other.handling &&
  one.assignee?.id === other.assignee?.id &&
  one.messagesRev === other.messagesRev;
