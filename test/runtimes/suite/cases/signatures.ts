import {
  createPipelineRequest,
  type HttpMethods,
  type PipelinePolicy,
  type PipelineRequest,
} from "@azure/core-rest-pipeline";
import { assert } from "chai";
import { readVectors, type SignatureVector } from "../../../helpers/vectors/vectors.js";
import type { SuiteCase } from "../subject.js";

/** Signs each vector with the policy that the package exports, at the vector's time. */
export const signatureCases: readonly SuiteCase[] = readVectors().map((vector) => ({
  name: `signs the vector '${vector.name}'`,
  async run({ library }) {
    const headers = await headersAt(Date.parse(vector.date), requestOf(vector), () =>
      library.createCommunicationAccessKeyCredentialPolicy({ key: vector.key }),
    );
    assert.deepEqual(headers["x-ms-date"], vector.date, "date");
    assert.deepEqual(headers["x-ms-content-sha256"], vector.contentHash, "content hash");
    assert.deepEqual(
      headers.authorization,
      `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${vector.signature}`,
      "authorization",
    );
  },
}));

function requestOf({ url, method, body }: SignatureVector): PipelineRequest {
  return createPipelineRequest({ url, method: method as HttpMethods, ...(body !== null && { body }) });
}

/** Returns the headers that the policy sends when the clock of the runtime shows `time`. */
async function headersAt(
  time: number,
  request: PipelineRequest,
  createPolicy: () => PipelinePolicy,
): Promise<Record<string, string>> {
  const { now } = Date;
  Date.now = () => time;
  let sent: Record<string, string> = {};
  try {
    await createPolicy().sendRequest(request, async () => {
      sent = request.headers.toJSON();
      return { request, status: 200, headers: request.headers };
    });
  } finally {
    Date.now = now;
  }
  return sent;
}
