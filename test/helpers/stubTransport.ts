import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { tokenBody, userAndTokenBody } from "./values.js";

/** What a test server or transport answers. A body that isn't a string is sent as JSON. */
export interface CannedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A request at the moment it was sent, with header names in lower case. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: PipelineRequest["body"];
  readonly request: PipelineRequest;
}

export interface StubTransport extends HttpClient {
  readonly sent: readonly SentRequest[];
}

export type StubAnswer = CannedAnswer | Error | ((request: PipelineRequest) => unknown);

/** Creates a transport that gives each request the next of `answers`, repeats the last one, and throws errors. */
export function stubTransport(...answers: readonly StubAnswer[]): StubTransport {
  const sent: SentRequest[] = [];
  return {
    sent,
    async sendRequest(request) {
      const { method, url, body } = request;
      const answer = answers[Math.min(sent.length, answers.length - 1)];
      sent.push({ method, url, headers: { ...request.headers.toJSON() }, body, request });
      const said = typeof answer === "function" ? await answer(request) : answer;
      if (said instanceof Error) throw said;
      return toResponse(request, said as CannedAnswer);
    },
  };
}

/** Answers each operation with a status of its success, and any of them with a body that has what all of them return. */
export function success({ method, url }: PipelineRequest): CannedAnswer {
  if (method === "DELETE" || url.includes(":revoke")) return { status: 204 };
  const body = { ...userAndTokenBody, ...tokenBody, objectId: "o", tenantId: "t", principalType: "user" };
  return { status: /identities\?/.test(url) ? 201 : 200, body };
}

export function toResponse(request: PipelineRequest, answer: CannedAnswer): PipelineResponse {
  return {
    request,
    status: answer.status,
    headers: createHttpHeaders({ ...answerHeaders(answer) }),
    bodyAsText: answerText(answer),
  };
}

export function answerText({ body }: CannedAnswer): string {
  if (body === undefined) return "";
  return typeof body === "string" ? body : JSON.stringify(body);
}

export function answerHeaders({ headers, body }: CannedAnswer): Readonly<Record<string, string>> {
  return { ...(body !== undefined && { "content-type": "application/json; charset=utf-8" }), ...headers };
}
