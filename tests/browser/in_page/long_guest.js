// Makes a guest's only conversation as many as there are lists of texts, and lets each go on with these, without a click for each.
(conversations) => {
  const [key] = Object.keys(localStorage).filter((one) => one.startsWith("munui.v1.guest."));
  const first = localStorage.getItem(key);
  const { id: known } = JSON.parse(first);
  conversations.forEach((texts, index) => {
    const id = index ? crypto.randomUUID() : known;
    const kept = JSON.parse(first.replaceAll(known, id));
    const told = texts.map((content, place) => ({
      id: crypto.randomUUID(),
      conversationId: id,
      role: "user",
      kind: "text",
      content,
      payload: null,
      inReplyTo: null,
      requestId: null,
      createdAt: kept.createdAt,
      answeredAt: null,
      answer: null,
      cursor: String(kept.messages.length + place + 1),
    }));
    for (const message of told) message.clientMessageId = message.id;
    kept.events.push(
      ...told.map(({ id: clientMessageId, content }) => ({ clientMessageId, event: { type: "text", content } })),
    );
    kept.messages.push(...told);
    kept.readSeq = kept.messages.length;
    localStorage.setItem(`munui.v1.guest.${id}`, JSON.stringify(kept));
  });
};
