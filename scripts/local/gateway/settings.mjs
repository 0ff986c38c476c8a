// Reads what the supervisor handed over in the environment. No defaults that hide a mistake: a missing
// name stops the gateway with a sentence.

function required(name) {
  const value = process.env[name];
  if (!value) {
    console.error(`gateway: ${name} is missing`);
    process.exit(2);
  }
  return value;
}

export function readSettings() {
  return Object.freeze({
    port: Number(required("GATEWAY_PORT")),
    databaseUrl: required("GATEWAY_DATABASE_URL"),
    jwtSecret: required("GATEWAY_JWT_SECRET"),
    publishableKey: required("GATEWAY_PUBLISHABLE_KEY"),
    secretKey: required("GATEWAY_SECRET_KEY"),
    siteUrl: required("GATEWAY_SITE_URL"),
    mailLog: required("GATEWAY_MAIL_LOG"),
    confirmEmail: process.env.GATEWAY_CONFIRM_EMAIL === "1",
    anonymousSignIns: process.env.GATEWAY_ANONYMOUS_SIGN_INS !== "0",
    // What hosted projects begin with; 0 is no limit.
    anonymousPerHour: Number(process.env.GATEWAY_ANONYMOUS_PER_HOUR ?? "30"),
    // Read by the embedded server under this name too.
    passwordCost: Number(required("LITE_AUTH_BCRYPT_COST")),
    poolSize: Number(process.env.GATEWAY_POOL_SIZE ?? "10"),
  });
}
