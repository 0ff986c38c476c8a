/** What the element itself says in English; the names are those of ko.js. */

export default {
  title: "Chat with us", close: "Close", list: "Conversations", log: "Conversation", input: "Message", write: "Write a message", send: "Send", newChat: "New conversation",
  unread: "{n} unread messages", online: "We usually answer at once", offline: "You are offline", done: "This conversation has ended", ended: "Ended",
  user: "You", bot: "Assistant", system: "Notice", typing: "Typing", quick: "Quick replies", opens: " (new window)", today: "Today",
  hello: "How can we help?", hint: "Ask us anything, we answer at once.", more: "Show more", older: "Older messages", newMessages: "New messages",
  sending: "Sending", waiting: "Waiting for connection", failed: "Not sent", retry: "Try again", discard: "Delete", retryIn: "Trying again in {n} s.",
  offlineBanner: "You are offline. What you send goes out as soon as you are back.", completed: "This conversation has ended. Start a new one if you have another question.",
  submitted: "What you sent", formSent: "I sent the form", choose: "Choose one", optional: "optional", yes: "Yes", formPreview: "Please fill in the form", chipsPreview: "Choose an answer",
  formFaults: "Please check the marked fields.", lockedForm: "This form can no longer be sent.", counter: "{n} of {max} characters",
  signIn: "Sign in", signInAgain: "Your sign-in has expired. What you wrote is kept; please sign in again.",
  keepTitle: "Keep this chat?", keep: "Moves {n} conversation(s) of this browser to your account. On a shared computer, make sure they are yours.", keepYes: "Keep", keepNo: "Not now",
  notSaved: "This browser has no room to save the chat. It is lost when you close the window.",
  faults: { required: "This field is required.", consent: "Your consent is needed.", minlength: "Use at least {n} characters.", maxlength: "Use at most {n} characters.", email: "Check the e-mail address." },
  errors: {
    network: "No connection.", rate_limited: "Too many requests.", upstream_unavailable: "We cannot answer right now.", internal: "Something went wrong.",
    already_answered: "This was answered elsewhere.", conversation_completed: "This conversation has ended. What you wrote is kept for a new one.", not_found: "This conversation cannot be found.",
    origin_not_allowed: "The chat cannot be used on this site.", invalid: "This cannot be sent.",
  },
};
