import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ListedRequest } from "../../../admin/models.js";
import { useChanges } from "../controls/changes.js";
import { Button, CopyButton } from "../controls/controls.js";
import { adminApi } from "../emulator/adminApi.js";
import { connectionString, shorten } from "../format.js";
import { usePage } from "../pageContext.js";
import { useSignal } from "../signal.js";
import { StopAllFaults } from "../simulate/stopAllFaults.js";
import { remedyOf } from "./requests.js";

/** What mends the cause of a failure with a click, if there is such a thing. */
export function Remedy({ request }: { request: ListedRequest }): JSX.Element | null {
  const { emulator } = usePage();
  const { view, change } = useChanges();
  const { faults = 0, connectionString: given } = useSignal(emulator.info) ?? {};
  const [isAllowed, setAllowed] = useState(false);
  const remedy = remedyOf(request, faults);
  if (!remedy) return null;
  const allow = (clientId: string, uri: string) =>
    change(
      async () => {
        await adminApi.allowRedirectUri(clientId, uri);
        setAllowed(true);
      },
      `${shorten(uri)} was allowed`,
    );
  return (
    <>
      <p>
        {remedy === "faults" ? (
          <StopAllFaults count={faults} change={change} />
        ) : remedy === "connection string" ? (
          <CopyButton what="the current connection string" text={() => connectionString(given, true)}>
            Copy the current connection string
          </CopyButton>
        ) : isAllowed ? (
          "Allowed now. Sign in again."
        ) : (
          <Button onClick={() => allow(remedy.clientId, remedy.uri)}>Allow this redirect URI</Button>
        )}
      </p>
      {view}
    </>
  );
}
