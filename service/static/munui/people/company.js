/**
 * What a conversation with people needs beyond one with the bot, in a file of its own: fetched when a person is first asked
 * for, answers, or is found to answer (chat/people.js). What it imports is copied into that file: nothing that keeps a
 * state in its module may be among it (tests/unit/test_bundling.py); such things are reached through the chat.
 */

import * as cached from "../cache-adapter.js";
import { portionsOf } from "../stores/portions.js";
import { Alerts } from "./alerts.js";
import { Hints } from "./hints.js";
import { joined } from "./joining.js";
import { Looking } from "./looking.js";
import { Moving } from "./moving.js";
import { PeopleStore } from "./people-store.js";
import { Place } from "./place.js";
import { Rating } from "./rating.js";
import { Talk } from "./talk.js";

/** Joins a chat, and stays as long as that. */
export class Company {
  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.api = new PeopleStore(chat.http);
    this.alerts = new Alerts(chat.people.bell);
    this.place = new Place(this);
    this.rating = new Rating(this);
    this.talk = new Talk(this);
    this.looking = new Looking(chat);
    this.moving = new Moving(this);
    this.hints = new Hints(this);
  }

  /** After every change of the chat's. */
  look() {
    this.hints.look();
    this.place.look();
    this.talk.look();
    this.looking.look();
    this.alerts.show(this.chat.unread);
  }

  forget() {
    this.hints.forget();
    this.rating.forget();
    this.talk.forget();
    this.looking.forget();
  }

  /** Asks for a person, or for the bot again. @param {"POST"|"DELETE"} method */
  async change(id, method) {
    const { chat } = this;
    try {
      const answer = { updatedMessages: [], ...(await chat.faults.current(this.api.handover(id, method))) };
      const fresh = cached.applyTurn(chat.cache, answer);
      if (chat.reading.isSeen(id)) chat.reading.seen(id);
      chat.news.tabs.tell("turn", { ...answer, conversation: cached.conversationOf(chat.cache, id) });
      chat.news.tell(fresh, false);
    } catch (error) {
      if (!OVERTAKEN.includes(error.code)) throw error;
      chat.remark = error.code;
      await this.hints.pull(id);
    }
  }

  /** @param {string} mine what began by itself in this tab */
  join(mine) {
    joined(this.chat, mine);
  }

  /** What a guest said before signing in becomes the member's. */
  async keep() {
    const { chat } = this;
    if (chat.session.guest.kept) await this.moving.claim();
    for (const portion of portionsOf(chat.local.importable())) {
      const { conversations } = await chat.faults.current(this.api.importGuest(portion));
      conversations.forEach((one) => chat.local.forget(one.clientConversationId));
    }
    chat.drafts.set("told", true);
    chat.offer = null;
    await chat.pages.list();
  }
}

/** Refusals that say that somebody else was quicker. */
const OVERTAKEN = ["already_assigned", "conversation_completed", "not_allowed"];
