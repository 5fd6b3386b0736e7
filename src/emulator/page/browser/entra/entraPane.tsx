import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { EntraDirectory } from "../../../admin/models.js";
import { useChanges } from "../controls/changes.js";
import { CopyButton, Pane, Part } from "../controls/controls.js";
import { useRead } from "../controls/useRead.js";
import { adminApi } from "../emulator/adminApi.js";
import { endpoint, environmentText, randomGuid, shorten } from "../format.js";
import { claims } from "../inspect/claims.js";
import { usePage } from "../pageContext.js";
import { shown } from "../place.js";
import { useSignal } from "../signal.js";
import { Assignments } from "./assignments.js";
import { EntraTokenForm, type Wanted } from "./entraTokens.js";
import { fullName } from "./names.js";
import { Principals } from "./principals.js";

const httpsCommand = "npx acs-identity emulator --https";

/** Who can sign in, who has which rights, and who may exchange an Entra token. */
export function EntraPane(): JSX.Element {
  const { emulator } = usePage();
  const [directory, setDirectory] = useState<EntraDirectory>();
  const [wanted, setWanted] = useState<Wanted>();
  const [signedIn] = useState(outcomeOfSignIn);
  const read = async () => setDirectory(await adminApi.entra());
  const { view, change, show, clear } = useChanges(read);
  const { revision } = useSignal(emulator.info) ?? {};
  const isShown = useSignal(shown) === "entra";

  const onRead = (found: EntraDirectory) => {
    setDirectory(found);
    clear();
  };
  useRead({ read: isShown ? adminApi.entra : undefined, show: onRead, fail: show }, [revision, isShown]);

  return (
    <Pane title="Entra ID">
      {view}
      <Part title="Sign-in">
        <SignIn />
        {signedIn && <p role="status">{signedIn}</p>}
      </Part>
      {directory && (
        <>
          <Part title="Users and applications">
            <Principals directory={directory} change={change} read={read} onWanted={setWanted} />
          </Part>
          <Part title="Tokens without a sign-in">
            <EntraTokenForm directory={directory} wanted={wanted} />
          </Part>
          <Part title="Who may exchange tokens">
            <Assignments directory={directory} read={read} />
          </Part>
        </>
      )}
    </Pane>
  );
}

function SignIn(): JSX.Element {
  const info = useSignal(usePage().emulator.info);
  if (location.protocol !== "https:")
    return (
      <>
        <p id="entra-authority" class="hint">
          Clients sign in over https alone, so this needs --https. Until then, create tokens below.
        </p>
        <p class="flow">
          <code class="well">{httpsCommand}</code>
          <CopyButton what="command of an emulator with --https" text={() => httpsCommand}>
            Copy command
          </CopyButton>
        </p>
      </>
    );
  const query = new URLSearchParams({
    client_id: info?.entra.clientId ?? "",
    response_type: "id_token",
    redirect_uri: endpoint,
    scope: "openid profile",
    nonce: randomGuid(),
  });
  return (
    <p class="flow">
      <span class="hint">Authority</span>
      <code id="entra-authority" class="well">
        {location.origin}
      </code>
      {info && (
        <CopyButton what=".env: settings for Entra ID" text={() => environmentText(info.entra)}>
          Copy .env
        </CopyButton>
      )}
      {info && (
        <a
          class="button"
          href={`/${info.entra.tenantId}/oauth2/v2.0/authorize?${query}`}
          target="_blank"
          rel="noopener"
        >
          Try a sign-in
        </a>
      )}
    </p>
  );
}

/** Returns who has signed in, or why nobody could, once the sign-in has led back here. */
function outcomeOfSignIn(): string | undefined {
  const response = new URLSearchParams(location.hash.slice(1));
  const token = response.get("id_token");
  if (token === null) return response.get("error_description") ?? undefined;
  try {
    const { name, preferred_username: username } = claims(token);
    return `Signed in as ${shorten(fullName({ name: String(name), username: String(username) }))}.`;
  } catch {
    // Anybody can write an address.
    return undefined;
  }
}
