import { entraTables } from "../testing/entra/authority.js";
import { serviceTable } from "../testing/operations/serviceTable.js";
import { fakeRouting } from "../testing/routing.js";
import type { FakeContext } from "../testing/service/fake.js";
import { HttpError } from "../testing/wire/httpError.js";
import type { Routing, Table } from "../testing/wire/table.js";
import { adminTable } from "./admin/admin.js";
import type { EmulatorContext } from "./admin/emulatorContext.js";
import { adminRefusal, hostRefusal } from "./hostGuards.js";
import { errorPage, isForPerson } from "./page/errorPage.js";
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

/** Makes the table that gets unknown paths show a page to a person who opens one. Programs get the service's error. */
function withNotFoundPage(table: Table<FakeContext>): Table<EmulatorContext> {
  return {
    ...table,
    onError: async (context, call, error) => {
      const response = await table.onError(context, call, error);
      const { status, refusal } = response;
      if (status !== 404 || !refusal || call.row || !isForPerson(call)) return response;
      return { ...(await errorPage(context.fake, call, refusal)), refusal };
    },
  };
}

function refuse(reason: string | undefined): void {
  if (reason !== undefined) throw new HttpError(403, "Refused", reason);
}
