// The service refuses requests while its event loop is late, as it is on a machine that is busy with something else. It
// measures this only in the test that says so.
import perfHooks from "node:perf_hooks";

const { monitorEventLoopDelay } = perfHooks;

perfHooks.monitorEventLoopDelay = (options) => {
  const histogram = monitorEventLoopDelay(options);
  return Object.create(histogram, {
    enable: { value: () => histogram.enable() },
    reset: { value: () => histogram.reset() },
    mean: { get: () => (Reflect.get(globalThis, "measuresEventLoop") ? histogram.mean : 0) },
  });
};
