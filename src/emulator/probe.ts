/** Begins the user agent of the doctor's requests. Some of them are meant to be refused. */
export const doctorUserAgent = "acs-identity-doctor";

/** Whether a logged request came from the doctor, so that its refusal is no failure of an app. */
export function isProbe({ headers }: { readonly headers: Readonly<Record<string, string>> }): boolean {
  return headers["user-agent"]?.startsWith(doctorUserAgent) === true;
}
