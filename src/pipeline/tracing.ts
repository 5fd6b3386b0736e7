import { createTracingClient, type TracingClient } from "@azure/core-tracing";
import { packageVersion } from "./version.js";

export const tracing: TracingClient = createTracingClient({
  namespace: "Microsoft.Communication",
  packageName: "acs-identity",
  packageVersion,
});
