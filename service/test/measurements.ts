// Takes the place of OpenTelemetry's SDK, so that tests see what the service measures.
import { metrics } from "@opentelemetry/api";

const shared = globalThis as { measurements?: string[] };
shared.measurements ??= [];
/**
 * Every measurement of this process, such as `token_service.alarms 1 {"alarm":"user"}`. Vitest loads this module anew for
 * each file, but not the service, whose meters stay those of the first time.
 */
export const measurements: string[] = shared.measurements;

const noteAs = (name: string) => (value: number, attributes: object) =>
  void measurements.push(`${name} ${value} ${JSON.stringify(attributes)}`);
metrics.setGlobalMeterProvider({
  getMeter: () =>
    ({
      createCounter: (name: string) => ({ add: noteAs(name) }),
      createGauge: (name: string) => ({ record: noteAs(name) }),
    }) as never,
});
