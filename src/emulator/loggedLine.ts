// What a line about a logged request says.
import type { LoggedRequest } from "../testing/requestLog.js";

/** Says why a request was refused. Entra ID's own messages say more than the hints about them. */
export function reasonOf({
  message,
  diagnosis,
}: Pick<LoggedRequest, "message" | "diagnosis">): string | undefined {
  const isEntras = message?.startsWith("AADSTS");
  return isEntras && diagnosis ? `${message} ${diagnosis}` : (diagnosis ?? message);
}

type Content = "headers" | "body" | "responseHeaders" | "responseBody";

/** Leaves out what was sent and what came back. */
export function withoutContent<Request extends LoggedRequest>(request: Request): Omit<Request, Content> {
  const { headers: _1, body: _2, responseHeaders: _3, responseBody: _4, ...line } = request;
  return line;
}
