import { expect } from "vitest";
import type { FakeIdentityService } from "../../../src/testing/index.js";
import { ask, type Question } from "../../helpers/testing/ask.js";

/** The expected error answer. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message?: string;
  readonly target?: string;
  /** Whether the answer has api-supported-versions. Default: false. */
  readonly announced?: boolean;
}

/** Sends a request and expects this error, with a target and supported versions only if they're given. */
export async function expectRefusal(
  service: FakeIdentityService,
  question: Question,
  { announced = false, status, ...error }: Refusal,
): Promise<void> {
  const reply = await ask(service, question);
  expect(reply.status).toBe(status);
  expect(reply.body.error).toMatchObject(error);
  expect("target" in reply.body.error).toBe(error.target !== undefined);
  expect(reply.headers.has("api-supported-versions")).toBe(announced);
  expect(reply.headers.get("content-type")).toBe("application/json");
}
