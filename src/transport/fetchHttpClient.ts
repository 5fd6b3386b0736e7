// Core's fetch client leaves a timer behind each request, drops the code of an error, and has the size of a quarter
// of this library.
import { type HttpClient, RestError } from "@azure/core-rest-pipeline";
import { HeaderMap } from "../headerMap.js";

/** A transport on `fetch`. Its responses carry their body as `browserStreamBody`. */
export function createFetchHttpClient(): HttpClient {
  return {
    async sendRequest(request) {
      const { url, method, headers, body, abortSignal, requestOverrides } = request;
      if (!request.allowInsecureConnection && !url.startsWith("https:")) {
        throw new RestError("Plain http needs allowInsecureConnection.", { request });
      }
      let response: Response;
      try {
        response = await fetch(url, {
          method,
          headers: [...headers],
          body: body as BodyInit,
          signal: abortSignal as AbortSignal,
          // Workers have no such member and throw for it.
          ...("cache" in Request.prototype && { cache: "no-store" }),
          ...requestOverrides,
        });
      } catch (error) {
        if (abortSignal?.aborted) throw error;
        // Not the cause itself: undici's holds the bytes of the answer.
        const { message, cause } = error as { message?: string; cause?: { code?: string } };
        const code = cause?.code ?? RestError.REQUEST_SEND_ERROR;
        throw new RestError(String(message), { code, request });
      }
      if (response.type === "opaqueredirect") {
        throw new RestError("A redirect is not followed.", { request });
      }
      return {
        request,
        status: response.status,
        headers: new HeaderMap(response.headers),
        ...(response.body && { browserStreamBody: response.body }),
      };
    },
  };
}
