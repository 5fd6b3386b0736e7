import type { JSX } from "preact";
import type { ListedRequest } from "../../admin/models.js";
import { adminApi } from "./adminApi.js";
import { useChanges } from "./changes.js";
import { Button, CopyButton } from "./controls.js";
import { connectionString, plural } from "./format.js";
import { usePage } from "./pageContext.js";

/** What mends the cause of a failure with a click, if there is such a thing. */
export function Remedy({ request }: { request: ListedRequest }): JSX.Element | null {
  const { emulator } = usePage();
  const { view, change } = useChanges();
  const { faults = 0, connectionString: given } = emulator.info.value ?? {};
  const button = () => {
    if (/^AADSTS50011:/.test(request.message ?? "")) {
      const query = new URL(request.target, location.origin).searchParams;
      const [clientId, uri] = [query.get("client_id") ?? "", query.get("redirect_uri") ?? ""];
      const allow = () => change(() => allowRedirectUri(clientId, uri), `${uri} was allowed`);
      return <Button onClick={allow}>Allow this redirect URI</Button>;
    }
    if (request.topic === "denied-the-signature")
      return (
        <CopyButton what="the current connection string" text={() => connectionString(given, true)}>
          Copy the current connection string
        </CopyButton>
      );
    const isInjected = request.diagnosis?.includes("injected fault") && faults > 0;
    const clear = () => change(() => adminApi.clearFaults(), "The faults were cleared");
    return isInjected ? <Button onClick={clear}>Clear {plural(faults, "fault")}</Button> : undefined;
  };
  const remedy = button();
  return remedy ? (
    <>
      <p>{remedy}</p>
      {view}
    </>
  ) : null;
}

async function allowRedirectUri(clientId: string, uri: string): Promise<void> {
  const { applications } = await adminApi.entra();
  const { redirectUris = [] } = applications.find((each) => each.clientId === clientId) ?? {};
  await adminApi.setEntraApplication({ clientId, redirectUris: [...redirectUris, uri] });
}
