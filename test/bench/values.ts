export const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
export const user = {
  communicationUserId: "8:acs:2dee53b4-368b-45b4-ab52-8493fb117652_00000005-14a2-493b-8a72-5a3a0d000081",
} as const;

/** The body of a response to getToken, as the service sends it. */
export const accessToken: string = JSON.stringify({
  token: `eyJ${"x".repeat(900)}`,
  expiresOn: "2030-01-02T03:04:05.1234567+00:00",
});

/** As many headers as the service sends, and as long. */
export const headers = {
  "content-type": "application/json; charset=utf-8",
  date: "Mon, 13 Mar 2023 09:47:52 GMT",
  "ms-cv": "SLs7PhQwQ0mFQe9jXjvMJQ.0",
  "api-supported-versions": "2021-03-07, 2022-06-01, 2022-10-01, 2023-10-01",
  "x-ms-client-request-id": "8ef2f5f4-8d7b-4b25-a3f2-0d3c2f3a6c11",
  "x-processing-time": "39ms",
} as const;
