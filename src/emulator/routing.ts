import { entraTables } from "../testing/entra/authority.js";
import { serviceTable } from "../testing/operations/serviceTable.js";
import { fakeRouting } from "../testing/routing.js";
import { HttpError } from "../testing/wire/httpError.js";
import type { Routing } from "../testing/wire/table.js";
import { adminTable } from "./admin/admin.js";
import type { EmulatorContext } from "./admin/emulatorContext.js";
import { adminRefusal, hostRefusal } from "./hostGuards.js";
import { withNotFoundPage } from "./page/errorPage.js";
import { pageTable } from "./page/pageTable.js";

export const emulatorRouting: Routing<EmulatorContext> = {
  tables: [adminTable, pageTable, ...entraTables, withNotFoundPage(serviceTable)],
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
