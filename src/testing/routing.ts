import { admit } from "./authentication/admit.js";
import { entraTables } from "./entra/authority.js";
import { serviceTable } from "./operations/serviceTable.js";
import type { FakeContext } from "./service/fake.js";
import type { Routing } from "./wire/table.js";

const open = () => {};

/** What the fake responds to. Only programs in its own process reach it, so it needs no guard but signatures. */
export const fakeRouting: Routing<FakeContext> = {
  tables: [...entraTables, serviceTable],
  guards: { service: admit, "own host": open, "allowed host": open, admin: open, none: open },
};
