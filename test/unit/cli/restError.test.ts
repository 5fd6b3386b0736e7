import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { statusRemedies } from "../../../src/cli/doctor/remedies.js";
import { acsIdentityHere, emulatorForCommands } from "../../helpers/cli/command.js";
import { serve } from "../../helpers/server.js";

describe("a failed command", () => {
  it("exits with 1 and prints the service's message and the emulator's reason", async () => {
    const { environment } = await emulatorForCommands();
    const id = `8:acs:${"0".repeat(8)}-0000-0000-0000-${"0".repeat(12)}_x`;
    const text = await acsIdentityHere(["user", "delete", id], { environment });
    expect({ code: text.code, out: text.out }).toEqual({ code: 1, out: "" });
    expect(text.err).toMatch(/^401 IdentityNotOwned: Provided identity doesn't belong to the resource\.$/m);
    expect(text.err).toMatch(/^The emulator says: Ids of this resource start with 8:acs:/m);
    expect(text.err.match(/Ids of this resource/g)).toHaveLength(1);
    const json = await acsIdentityHere(["user", "delete", id, "--json"], { environment });
    expect(JSON.parse(json.err)).toEqual({
      level: "error",
      message: "401 IdentityNotOwned: Provided identity doesn't belong to the resource.",
      statusCode: 401,
      code: "IdentityNotOwned",
      requestId: expect.any(String),
      diagnosis: expect.stringMatching(/^Ids of this resource start with 8:acs:/),
      remedy: "The user was deleted, or was created with another resource",
    });
  });

  it.each([400, 401, 403, 404, 429] as const)(
    "names the remedy that the doctor has for %i, on one line",
    async (status) => {
      const body = JSON.stringify({ error: { code: "Code", message: "One\r\nTwo" } });
      const proxy = createServer((_request, response) => response.writeHead(status).end(body));
      const { err } = await acsIdentityHere(["user", "create", "--allow-insecure-connection"], {
        environment: {
          HTTP_PROXY: `http://127.0.0.1:${await serve(proxy)}`,
          COMMUNICATION_CONNECTION_STRING: "endpoint=http://service.test/;accesskey=c2VjcmV0",
        },
      });
      const doctor = status === 401 ? ". `npx --no-install acs-identity doctor` finds out why" : "";
      expect(err).toBe(`${status} Code: One Two\n${statusRemedies[status]}${doctor}\n`);
    },
  );

  it("shows the diagnosis of any host, whose advice the doctor doesn't repeat as its own", async () => {
    const diagnosis = "The bearer token is meant for x, not for https://other.example";
    const proxy = createServer((_request, response) => {
      response.writeHead(401, {
        "x-ms-emulator-diagnosis": diagnosis,
        "x-ms-emulator-topic": "entra-id-no-role",
      });
      response.end();
    });
    const environment = {
      HTTP_PROXY: `http://127.0.0.1:${await serve(proxy)}`,
      COMMUNICATION_CONNECTION_STRING: "endpoint=http://service.test/;accesskey=c2VjcmV0",
    };
    const insecure = ["--allow-insecure-connection", "--json"];
    const user = await acsIdentityHere(["user", "create", ...insecure], { environment });
    expect(JSON.parse(user.err)).toMatchObject({ diagnosis });
    const doctor = await acsIdentityHere(["doctor", ...insecure], { environment });
    expect(doctor.out).toContain(`(401: ${diagnosis})","remedy":"Copy the whole key. `);
    expect(doctor.out).toMatch(/from the Azure portal/);
  });

  it("suggests the doctor if the cause isn't clear", async () => {
    const { emulator, environment } = await emulatorForCommands();
    await emulator.close();
    const { code, err } = await acsIdentityHere(["user", "create"], { environment });
    expect(code).toBe(1);
    expect(err).toContain("Nothing listens on");
    expect(err).toContain("`npx --no-install acs-identity doctor` finds out why");
  });
});
