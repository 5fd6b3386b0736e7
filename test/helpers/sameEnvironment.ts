import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Runs the tests that have a DOM one after the other, before the rest. The files of `unit` share a process only until
 * the next file has another environment, and a new process loads all modules anew, which takes longer than most files.
 */
export class SameEnvironment extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const hasDom = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(".test.tsx");
    return [...sorted.filter(hasDom), ...sorted.filter((file) => !hasDom(file))];
  }
}
