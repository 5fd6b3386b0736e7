import { fakeRouting } from "../testing/routing.js";
import { HttpError } from "../testing/wire/httpError.js";
import type { Routing } from "../testing/wire/table.js";
import { adminTable } from "./admin/admin.js";
import type { EmulatorContext } from "./emulatorContext.js";
import { adminRefusal, hostRefusal } from "./hosts.js";
import { pageTable } from "./page/pageTable.js";

export const emulatorRouting: Routing<EmulatorContext> = {
  tables: [adminTable, pageTable, ...fakeRouting.tables],
  guards: {
    ...fakeRouting.guards,
    "own host": ({ ownHost }, { request }) => refuse(hostRefusal(request, ownHost)),
    "allowed host": ({ ownHost, allowedHosts }, { request }) =>
      refuse(hostRefusal(request, ownHost, allowedHosts)),
    admin: ({ ownHost }, { request }) => refuse(adminRefusal(request, ownHost)),
  },
};

function refuse(reason: string | undefined): void {
  if (reason !== undefined) throw new HttpError(403, "Refused", reason);
}
