export type { Duration, FakeClock } from "./clock.js";
export { createFakeIdentityService, type FakeIdentityService } from "./fakeIdentityService.js";
export type { FakeIdentityServiceOptions, SeededUser, Strictness } from "./settings.js";
export type { TeamsUserTokenOptions, TokenCredentialOptions } from "./tokens/entraTokens.js";
export type { TokenInspection, TokenProblem } from "./tokens/inspectToken.js";
