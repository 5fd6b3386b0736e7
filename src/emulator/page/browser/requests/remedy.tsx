import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ListedRequest } from "../../../admin/models.js";
import { type Change, useChanges } from "../controls/changes.js";
import { Button, CopyButton } from "../controls/controls.js";
import { adminApi } from "../emulator/adminApi.js";
import { fullName } from "../entra/names.js";
import { useDirectory } from "../entra/useDirectory.js";
import { connectionString, shorten } from "../format.js";
import { usePage } from "../pageContext.js";
import { useSignal } from "../signal.js";
import { StopAllFaults } from "../simulate/stopAllFaults.js";
import { remedyOf } from "./requests.js";

/** Says whose GUID it is, and gives the principal the role. */
function GiveRole({ objectId, change }: { objectId: string; change: Change }): JSX.Element | null {
  const directory = useDirectory(true);
  const user = directory?.users.find((each) => each.objectId === objectId);
  const application = directory?.applications.find((each) => each.objectId === objectId);
  const principal = user ?? application;
  if (!principal) return null;
  const name = shorten(user ? fullName(user) : principal.name);
  if (principal.hasRole) return <>{name} has the role now.</>;
  const give = () =>
    application
      ? adminApi.setEntraApplication({ clientId: application.clientId, hasRole: true })
      : adminApi.setEntraUser({ objectId, hasRole: true });
  return <Button onClick={() => change(give, `${name} has the role now`)}>Give {name} the role</Button>;
}

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
        ) : "objectId" in remedy ? (
          <GiveRole objectId={remedy.objectId} change={change} />
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
