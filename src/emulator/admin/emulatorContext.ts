import type { FakeIdentityService } from "../../testing/fakeIdentityService.js";
import type { FakeContext } from "../../testing/service/fake.js";

/** What the handlers of the emulator's tables get. */
export interface EmulatorContext extends FakeContext {
  readonly service: FakeIdentityService;
  /** A GUID that each start has another one of. */
  readonly startId: string;
  /** The file to trust, if the emulator made its certificate. */
  readonly certificateFile?: string | undefined;
  /** The host that the emulator was told to listen on. */
  readonly ownHost: string;
  /** Further names that the sign-in endpoints have, in lower case. */
  readonly allowedHosts: readonly string[];
}
