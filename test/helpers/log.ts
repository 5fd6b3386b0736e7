import { AzureLogger, type AzureLogLevel, getLogLevel, setLogLevel } from "@azure/logger";
import { onTestFinished } from "vitest";

/** Records what is logged at a level and above it until the test ends. */
export function recordLog(level: AzureLogLevel | undefined): string[] {
  const lines: string[] = [];
  const [before, { log }] = [getLogLevel(), AzureLogger];
  onTestFinished(() => {
    AzureLogger.log = log;
    setLogLevel(before);
  });
  AzureLogger.log = (...words) => void lines.push(words.join(" "));
  setLogLevel(level);
  return lines;
}
