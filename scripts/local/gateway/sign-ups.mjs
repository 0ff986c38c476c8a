// Sign-ups of one address come one after the other. The embedded server looks whether there is such an account and then
// makes it: two at the same moment both find none, and the second is a bare 500 instead of a repeated sign-up.
const last = new Map();

async function addressOf(request) {
  const body = await request
    .clone()
    .json()
    .catch(() => null);
  return typeof body?.email === "string" ? body.email.toLowerCase() : null;
}

// Runs one request; the answer is the embedded server's own.
export function withOrderlySignUps(handle) {
  return async (request) => {
    const isSignUp = request.method === "POST" && new URL(request.url).pathname === "/auth/v1/signup";
    const address = isSignUp ? await addressOf(request) : null;
    if (address === null) return handle(request);
    const answer = (last.get(address) ?? Promise.resolve()).then(() => handle(request));
    const over = answer.then(
      () => {},
      () => {},
    );
    last.set(address, over);
    over.then(() => last.get(address) === over && last.delete(address));
    return answer;
  };
}
