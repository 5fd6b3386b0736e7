// Takes the place of OpenTelemetry's SDK, so that tests see what the service measures.
import { metrics } from "@opentelemetry/api";

const shared = globalThis as { measurements?: string[]; instruments?: Set<string> };
shared.measurements ??= [];
shared.instruments ??= new Set();
/**
 * Every measurement of this process, such as `token_service.alarms 1 {"alarm":"user"}`. Vitest loads this module anew for
 * each file, but not the service, whose meters stay those of the first time.
 */
export const measurements: string[] = shared.measurements;
/** The names of what the service can measure, such as `token_service.alarms`. */
export const instruments: ReadonlySet<string> = shared.instruments;

const noteAs = (name: string) => {
  shared.instruments?.add(name);
  return (value: number, attributes: object) =>
    void measurements.push(`${name} ${value} ${JSON.stringify(attributes)}`);
};
metrics.setGlobalMeterProvider({
  getMeter: () =>
    ({
      createCounter: (name: string) => ({ add: noteAs(name) }),
      createGauge: (name: string) => ({ record: noteAs(name) }),
      createHistogram: (name: string) => ({ record: noteAs(name) }),
    }) as never,
});
