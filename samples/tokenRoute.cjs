// Generated from samples/tokenRoute.ts by npm run samples: edit that file, or a copy of this one.
/**
 * Shows a token endpoint for a server that you have already: docs/tokenEndpoint.md has the lines for each framework.
 * The token service (the folder `service`) goes further: it verifies sign-ins, accounts for users whose creation was
 * interrupted, limits callers and stays within the resource's limits, revokes, deletes and reconciles.
 */
const { isRestError } = require("acs-identity");

/** Returns the handler of `POST /token`, for servers that know `Request` and `Response`. It never rejects. */
function createTokenRoute(options) {
  const issue = createTokenIssuer(options);
  return async (request) => {
    const { status, headers, body } =
      request.method === "POST"
        ? await issue(() => options.whoIsCalling(request))
        : respond(405, { detail: "Use POST." }, { Allow: "POST" });
    // Older types don't know Response.json.
    return new Response(JSON.stringify(body), {
      status,
      headers: { ...headers, "Content-Type": "application/json" },
    });
  };
}

/** Returns the issuer of tokens for all other servers. */
function createTokenIssuer(options) {
  const { scopes = ["voip"], tokenExpiresInMinutes = 1440, timeoutInMs = 20_000, keepUserId } = options;
  const requestOptions = { timeout: timeoutInMs };
  const onError = options.onError ?? console.error;
  const running = new Map();
  let made;

  function client() {
    made ??= options.createClient();
    return made;
  }

  /** Deletes a user that nobody will use. */
  async function discard(communicationUserId) {
    try {
      await client().deleteUser({ communicationUserId }, { requestOptions });
    } catch (error) {
      void report(() => options.onUnusedUser?.(communicationUserId, error));
    }
  }

  async function findOrCreate(person, gone) {
    const known = await keepUserId(person);
    if (known && known !== gone) return known;
    const { communicationUserId: created } = await client().createUser({ requestOptions });
    let kept;
    try {
      kept = await keepUserId(person, created, gone);
    } finally {
      // Another process was first, or the database failed.
      if (kept !== created) await discard(created);
    }
    if (!kept) throw new Error("keepUserId must return the id that is stored");
    return kept;
  }

  /** Requests of one person at the same time share the look-up, so that this process creates only one user. */
  function lookUp(person, gone) {
    const userId = running.get(person) ?? findOrCreate(person, gone).finally(() => running.delete(person));
    running.set(person, userId);
    return userId;
  }

  async function tokenOf(person) {
    const permitted = typeof scopes === "function" ? await scopes(person) : scopes;
    const issueTo = async (communicationUserId) => {
      const user = { communicationUserId };
      return {
        ...(await client().getToken(user, permitted, { tokenExpiresInMinutes, requestOptions })),
        user,
      };
    };
    const userId = await lookUp(person);
    try {
      return await issueTo(userId);
    } catch (error) {
      if (!isGone(error)) throw error;
      // Somebody deleted the user, or an emulator without `--data` was started anew.
      return issueTo(await lookUp(person, userId));
    }
  }

  function fail(error) {
    // Thrown, its status of ACS would become the response's in some frameworks, and end a process with Express 4.
    void report(() => onError(error));
    return respond(500, { detail: "The server can't issue tokens." });
  }

  async function issue(caller) {
    let person;
    try {
      person = await (typeof caller === "function" ? caller() : caller);
      if (person !== undefined) checkPerson(person);
    } catch (error) {
      return fail(error);
    }
    if (person === undefined) {
      return respond(401, { detail: "Sign in first." }, { "WWW-Authenticate": "Bearer" });
    }
    try {
      return respond(200, await tokenOf(person));
    } catch (error) {
      // A user that is gone once more was replaced and deleted by somebody else in between.
      if (!isTransient(error) && !isGone(error)) return fail(error);
      const asked = isRestError(error) ? (error.retryAfterInMs ?? 5_000) : 5_000;
      const seconds = Math.min(Math.max(Math.ceil(asked / 1000), 1), 300);
      return respond(503, { detail: "Try again later." }, { "Retry-After": String(seconds) });
    }
  }

  return Object.assign(issue, {
    async userIdOf(person) {
      checkPerson(person);
      return lookUp(person);
    },
  });
}

function checkPerson(person) {
  // A session or `true` as the key of a database would be the same person for everybody.
  if (typeof person !== "string" || person === "") {
    throw new TypeError("A person must be a non-empty string, or undefined if nobody is signed in");
  }
}

/** Calls a function of yours. */
async function report(call) {
  try {
    await call();
  } catch {
    // The response doesn't depend on it.
  }
}

function respond(status, body, headers = {}) {
  return { status, headers: { "Cache-Control": "no-store", ...headers }, body };
}

function isGone(error) {
  return isRestError(error) && error.statusCode === 401 && error.code === "IdentityNotOwned";
}

function isTransient(error) {
  if (!isRestError(error)) return error instanceof Error && error.name === "TimeoutError";
  const { statusCode = 503 } = error;
  return statusCode === 408 || statusCode === 429 || statusCode >= 500;
}

module.exports = { createTokenRoute, createTokenIssuer };
