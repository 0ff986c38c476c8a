// Mails are not sent: each one is appended to a file that a developer can read.
import { appendFile } from "node:fs/promises";

export class FileMailer {
  constructor(path) {
    this.path = path;
  }

  async send({ to, subject, text }) {
    const entry = [`Date: ${new Date().toISOString()}`, `To: ${to}`, `Subject: ${subject}`, "", text ?? "", "---", ""];
    await appendFile(this.path, entry.join("\n"), { mode: 0o600 });
  }
}
