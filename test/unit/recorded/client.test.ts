// Replays the recorded responses of the real service.
import { describe, expect, it } from "vitest";
import { expectedOf, isByClient, playThroughClient } from "../../helpers/recorded/playback.js";
import {
  type Recording,
  readLiveRuns,
  readRecordings,
  readRefusals,
} from "../../helpers/recorded/recorded.js";

/** The requests that the client can't send: two that the service withdrew, and one without scopes. */
const withoutMethod = /-(?:customid|get-identity|null-scopes)-/;
const recordings = new Set([...readRecordings(), ...readRefusals()]);
const offered = [...recordings].filter(
  ({ offered, name, apiVersion }) => offered && apiVersion !== "" && !withoutMethod.test(name),
);

it.each(offered)(
  "the client sends the recorded request, and returns or throws what the response says: $name",
  async (recording) => {
    expect(await playThroughClient(recording)).toEqual(expectedOf(recording));
  },
);

it.each(["createUser", "issueToken", "Denied"])(
  "a playback tells a response that differs: %s",
  async (kind) => {
    const isOfKind = ({ request, response }: Recording) =>
      kind === "Denied"
        ? response.status === 401
        : response.status < 300 &&
          request.path.includes(kind === "createUser" ? "/identities?" : ":issueAccessToken");
    const recording = offered.find(isOfKind);
    if (!recording) throw new Error(`No recording of ${kind}`);
    const text = JSON.stringify(recording.response.body);
    const body = JSON.parse(text.replace(/"(id|token|code)":"(.)/, '"$1":"x$2'));
    const played = await playThroughClient({ ...recording, response: { ...recording.response, body } });
    expect(played).not.toEqual(expectedOf(recording));
  },
);

describe.each(readLiveRuns())("the run in $file", ({ recordings }) => {
  it.each(recordings.filter(isByClient))("is what the client sends and returns: $name", async (recording) => {
    expect(await playThroughClient(recording)).toEqual(expectedOf(recording));
  });
});
