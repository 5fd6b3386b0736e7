// The page to which a popup returns: it hands the response of the sign-in to the page that opened it, as msal-browser 5 and
// with it InteractiveBrowserCredential expect of a redirect URI.
import { broadcastResponseToMainFrame } from "@azure/msal-browser/redirect-bridge";

await broadcastResponseToMainFrame();
