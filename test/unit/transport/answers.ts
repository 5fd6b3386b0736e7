import type { Reply } from "../../faults/servers/faultServer.js";
import { answer, answerJson } from "../../faults/servers/replies.js";

export { answer } from "../../faults/servers/replies.js";

export const okBody: Reply = answerJson(200, { ok: true });
export const okText = '{"ok":true}';
export const noContent: Reply = answer({ status: 204, headers: { "Content-Length": "" } });
