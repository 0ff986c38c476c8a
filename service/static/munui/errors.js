/** The one kind of error of both stores, with the stable codes of the API. */

/** A refusal. `errors` are `{field, message}`, `retryAfter` is in seconds. */
export class ChatError extends Error {
  constructor(code, { status = 0, detail = code, errors = [], retryAfter = null, requestId = null, cause } = {}) {
    super(detail, { cause });
    Object.assign(this, { code, status, errors, retryAfter, requestId });
  }

  /** Whether the same may succeed later by itself. */
  get isTransient() {
    return ["network", "rate_limited", "upstream_unavailable", "token_unavailable"].includes(this.code);
  }

  /** Whether the host page's developer has to mend it. */
  get isOfPage() {
    return ["origin_not_allowed", "token_unavailable"].includes(this.code);
  }

  /** Whether the person has to sign in again. */
  get isAuth() {
    return ["unauthenticated", "token_expired"].includes(this.code);
  }
}

/** The refusals of a turn: conflicts are 409, all else that a turn can do wrong is 422. */
export const refuse = (code, status = 422) => {
  throw new ChatError(code, { status });
};
