// The emulator in the place of the service, over https.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createDefaultHttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { onTestFinished } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/index.js";
import type { SnapshotContent } from "../../src/testing/service/snapshot.js";
import { type Certificates, makeCertificates } from "../helpers/certificates.js";
import type { Environment } from "./run.js";
import type { Settings } from "./settings.js";

export const certificates: Certificates = makeCertificates();
export const teamsUser = {
  clientId: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01",
  userId: "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12",
};
export const tenantId = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";

/** What happens to a request on its way and to its response. An error cuts the connection. */
export interface Passing {
  readonly before?: (request: PipelineRequest) => unknown;
  readonly after?: (response: PipelineResponse, request: PipelineRequest) => unknown;
}

export interface Resource {
  readonly emulator: Emulator;
  readonly printed: string[];
  /** Returns the environment of a run that uses everything that is optional. */
  environment(passing?: Passing, settings?: Partial<Settings>): Promise<Environment>;
}

/** Starts an emulator, and makes a folder for the files, until the test is over. */
export async function startResource(options: EmulatorOptions = {}): Promise<Resource> {
  const folder = mkdtempSync(join(tmpdir(), "acs-identity-live-"));
  const emulator = await startEmulator({ tls: certificates, ...options });
  onTestFinished(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true });
  });
  const client = createDefaultHttpClient();
  // The same object for all requests, so that they share connections.
  const tlsSettings = { ca: certificates.ca };
  const printed: string[] = [];
  return {
    emulator,
    printed,
    environment: async ({ before, after } = {}, settings = {}) => ({
      folder,
      print: (text) => printed.push(text),
      settings: {
        endpoint: emulator.url,
        credential: { key: emulator.service.accessKey },
        teams: {
          token: await emulator.service.createTeamsUserToken({
            clientId: teamsUser.clientId,
            userObjectId: teamsUser.userId,
          }),
          ...teamsUser,
        },
        tenantId,
        ...settings,
      },
      httpClient: {
        async sendRequest(request) {
          request.tlsSettings = tlsSettings;
          await before?.(request);
          const response = await client.sendRequest(request);
          await after?.(response, request);
          return response;
        },
      },
    }),
  };
}

/** Returns what is at the resource: the ids of its users, and its assignments. */
export function contentOf({ service }: Emulator): { users: string[]; assignments: unknown[] } {
  const { events } = service.snapshot() as SnapshotContent;
  return {
    users: service.users.map(({ id }) => id).filter((id) => id.startsWith("8:acs:")),
    assignments: [...service.entra.assignments, ...events.filter(({ type }) => type === "assignmentSet")],
  };
}
