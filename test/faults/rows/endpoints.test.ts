// Group A, part 2: endpoints and client options.
import { accessKey } from "../canaries.js";
import type { Lab } from "../lab.js";
import { messageOf } from "../outcome.js";
import { testRows } from "../row.js";
import { okUser } from "../servers/identityReplies.js";
import { recordingHttpClient } from "../servers/recordingHttpClient.js";
import { signatureFault } from "../servers/signatureCheck.js";

/** Checks that an endpoint is rejected both in a connection string and as an argument. */
async function refusedEndpoint(lab: Lab, endpoint: string, options: object = {}): Promise<void> {
  const argumentLists = [
    [`endpoint=${endpoint};accesskey=${accessKey}`, options],
    [endpoint, lab.subject.keyCredential(accessKey), options],
  ];
  for (const args of argumentLists) {
    const { kind, error } = await lab.construct(...args);
    lab.must(`${endpoint.slice(0, 40)} refused`, kind === "error");
    if (kind === "error") lab.must("message below 1 KB", messageOf(error).length < 1_024);
  }
}

testRows([
  {
    id: "T12",
    injection: "an http:// endpoint that isn't loopback",
    bar: "rejects it at construction unless opted in",
    async run(lab) {
      await refusedEndpoint(lab, "http://contoso.communication.azure.com/");
      await refusedEndpoint(lab, "HTTP://127.0.0.1.example.com/");
      await refusedEndpoint(lab, "http://localhost.example.com/");
      const { kind } = await lab.construct("http://contoso.example/", lab.subject.keyCredential(accessKey), {
        allowInsecureConnection: true,
      });
      lab.must("opt-in works", kind === "value");
    },
  },
  {
    id: "T13",
    injection: "httpx://, file://, ftp://, or javascript: as the scheme",
    bar: "rejects the endpoint",
    async run(lab) {
      for (const scheme of [
        "httpx://contoso.example/",
        "file:///etc/passwd",
        "ftp://contoso.example/",
        "javascript:0",
      ]) {
        await refusedEndpoint(lab, scheme);
      }
    },
  },
  {
    id: "T14",
    injection: "a user name and password in the endpoint",
    bar: "rejects the endpoint without echoing it",
    async run(lab) {
      lab.needles.set("hunter2hunter2", "password of the endpoint");
      await refusedEndpoint(lab, "https://admin:hunter2hunter2@contoso.communication.azure.com/");
      await refusedEndpoint(lab, "https://hunter2hunter2@contoso.communication.azure.com/");
    },
  },
  {
    id: "T15",
    injection: "a path in the endpoint",
    bar: "rejects the endpoint",
    async run(lab) {
      await refusedEndpoint(lab, "https://contoso.communication.azure.com/identities");
    },
  },
  {
    id: "T16",
    injection: "a query or a fragment in the endpoint",
    bar: "rejects the endpoint",
    async run(lab) {
      await refusedEndpoint(lab, "https://contoso.communication.azure.com/?a=b");
      await refusedEndpoint(lab, "https://contoso.communication.azure.com/#fragment");
    },
  },
  {
    id: "T17",
    injection:
      "an explicit :443, another port, an uppercase host, no trailing slash, an IDN, or a trailing dot",
    bar: "signs the host in the Host header",
    async run(lab) {
      for (const endpoint of [
        "https://contoso.communication.azure.com:443/",
        "https://CONTOSO.Communication.Azure.COM",
        "https://contoso.communication.azure.com:8443",
        "https://bücher.example/",
        "https://contoso.communication.azure.com./",
      ]) {
        const { httpClient, requests } = recordingHttpClient();
        await lab.call(() => lab.client(endpoint.replace(/\/$/, ""), { httpClient }).createUser());
        const fault = requests[0] ? signatureFault(requests[0], accessKey) : "nothing sent";
        lab.must(`signature for ${endpoint} (${fault})`, fault === undefined);
      }
      const server = await lab.server(okUser());
      await lab.call(() => lab.client(server.urlAt("LOCALHOST")).createUser());
      const [request] = server.requests;
      lab.must(
        "signed over the wire",
        request !== undefined && signatureFault(request, accessKey) === undefined,
      );
    },
  },
  {
    id: "T17b",
    injection: "an IPv6 literal as the host",
    bar: "works, and signs the host in the Host header",
    async run(lab) {
      const server = await lab.server(okUser(), { host: "::1" });
      const { kind } = await lab.call(() => lab.client(server).createUser());
      const [request] = server.requests;
      const fault = request ? signatureFault(request, accessKey) : "nothing sent";
      lab.must(`signature holds (${fault})`, kind === "value" && fault === undefined);
    },
  },
  {
    id: "T18",
    injection: "an option `endpoint` that names another host",
    bar: "still sends requests to its own endpoint",
    async run(lab) {
      const [server, evil] = [await lab.server(okUser()), await lab.server(okUser())];
      const options = { endpoint: evil.url, baseUri: evil.url, url: evil.url, $host: evil.url };
      await lab.call(() => lab.client(server, options).createUser());
      lab.must("nothing to the other host", evil.requests.length === 0);
      lab.must("sent to the endpoint", server.requests.length === 1);
    },
  },
  {
    id: "T19",
    injection: "user agent prefixes with spaces, CR LF, NUL, CJK, or 5 000 characters",
    bar: "rejects or sanitizes them at construction",
    async run(lab) {
      const prefixes = [
        "an app of mine/1",
        "a\r\nX-Injected: 1",
        "a\0b",
        "日本語",
        "x".repeat(5_000),
        "ü",
        "\u2028",
      ];
      for (const userAgentPrefix of prefixes) {
        const server = await lab.server(okUser());
        const name = JSON.stringify(userAgentPrefix.slice(0, 12));
        let constructed = false;
        const { kind } = await lab.call(() => {
          const client = lab.client(server, { userAgentOptions: { userAgentPrefix } });
          constructed = true;
          return client.createUser();
        });
        const headers = server.requests[0]?.headers;
        lab.must(`${name} fails at construction, not at the call`, kind === "value" || !constructed);
        lab.must("no header injected", headers?.has("x-injected") !== true);
        lab.must(`${name} cut to 1 KB`, (headers?.get("user-agent")?.length ?? 0) < 1_024);
      }
    },
  },
]);
