import type { AcsUserId, TokenEndpointClient } from "./client.js";
import type { Awaitable } from "./timeLimit.js";
import { createError, isGone, type TokenEndpointStep } from "./tokenEndpointError.js";
import type { UserIdStore } from "./userIdStore.js";

/** Runs one step of an answer within its time limit. Rejects with a `TokenEndpointError` that names the step. */
export type RunStep = <T>(
  step: TokenEndpointStep,
  call: (abortSignal: AbortSignal) => Awaitable<T>,
) => Promise<T>;

export interface AcsUser {
  /** Returns the id of the person's user, and creates one if there is none. */
  getOrCreate(): Promise<string>;
  /** Returns the id of another user instead of one that ACS says is gone. */
  replace(gone: string): Promise<string>;
  /** Deletes the user at ACS, and then its id. */
  delete(): Promise<void>;
}

/**
 * Returns what one answer does with the ACS user of a person. Answers share nothing: the store decides whose user is kept,
 * and each deletes the user that it created in vain.
 *
 * @param discard - Deletes a user that nobody uses, and never rejects.
 */
export function acsUserOf(
  person: string,
  client: () => TokenEndpointClient,
  userIds: UserIdStore,
  run: RunStep,
  discard: (userId: string) => Promise<void>,
): AcsUser {
  const find = async () => checkId("userIds.get", await run("userIds.get", () => userIds.get(person)));

  /** Creates a user. The time limit doesn't abort that, since nobody would learn the id of a user that ACS creates later. */
  async function create(): Promise<string> {
    let creation: Promise<AcsUserId> | undefined;
    try {
      const { communicationUserId } = await run("createUser", () => {
        creation = client().createUser();
        return creation;
      });
      return communicationUserId;
    } catch (error) {
      creation?.then(
        ({ communicationUserId }) => discard(communicationUserId),
        () => {},
      );
      throw error;
    }
  }

  /** Stores a new user's id, unless somebody else was first, and returns the id that is stored. */
  async function keep(created: string): Promise<string> {
    let failure: unknown;
    let kept: string | undefined;
    try {
      kept = checkId("userIds.add", await run("userIds.add", () => userIds.add(person, created)));
    } catch (error) {
      failure = error;
      // The id may be stored although the answer was lost.
      kept = await find().catch(() => undefined);
    }
    if (kept !== created) await discard(created);
    if (kept) return kept;
    throw (
      failure ?? misuse("userIds.add", "must return the id that is stored afterwards, but returned nothing")
    );
  }

  /** Creates a user instead of one that is gone, if that one was a user of the same resource. */
  async function createInsteadOf(gone: string, step: "deleteUser" | "getToken"): Promise<string> {
    const created = await create();
    if (resourceOf(created) === resourceOf(gone)) return created;
    await discard(created);
    throw createError(
      `${step} for ${JSON.stringify(person)} failed: the stored user ${gone} belongs to another resource than the client's, ${resourceOf(created)}. Nothing was changed. Is it the right connection string? To change resources for good, remove the stored ids.`,
      { kind: "misconfigured", step, person, userId: gone },
    );
  }

  async function replace(gone: string): Promise<string> {
    const created = await createInsteadOf(gone, "getToken");
    try {
      await run("userIds.remove", () => userIds.remove(person, gone));
    } catch (error) {
      await discard(created);
      throw error;
    }
    const kept = await keep(created);
    if (kept === gone) throw misuse("userIds.remove", `must remove the id ${gone}, but it is still stored`);
    return kept;
  }

  function checkId(step: TokenEndpointStep, id: unknown): string | undefined {
    if (!id || typeof id === "string") return (id as string) || undefined;
    throw misuse(step, `must return the id as a string, but returned ${typeof id}`);
  }

  function misuse(step: TokenEndpointStep, problem: string): Error {
    const message = `${step} for ${JSON.stringify(person)} ${problem}.`;
    return createError(message, { kind: "misconfigured", step, person });
  }

  return {
    getOrCreate: async () => (await find()) ?? keep(await create()),
    replace,
    async delete() {
      const userId = await find();
      if (!userId) return;
      try {
        const user = { communicationUserId: userId };
        await run("deleteUser", (abortSignal) => client().deleteUser(user, { abortSignal }));
      } catch (error) {
        if (!isGone(error)) throw error;
        // Only a user of this resource can be known to be deleted.
        await discard(await createInsteadOf(userId, "deleteUser"));
      }
      await run("userIds.remove", () => userIds.remove(person, userId));
    },
  };
}

/** Returns what the id of each user of a resource begins with: `8:acs:<resource>`. */
function resourceOf(userId: string): string | undefined {
  return userId.split("_")[0];
}
