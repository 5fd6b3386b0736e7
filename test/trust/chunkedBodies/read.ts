// A program that reads large bodies, keeps the errors, and prints how much memory they took.
import { AzureKeyCredential } from "../../../src/index.js";
import { loadTransport, type TransportName } from "../helpers/transports.js";

const [name, endpoint = "", atOnce, rounds] = process.argv.slice(2);
const { build, options } = await loadTransport(name as TransportName);
const client = new build.CommunicationIdentityClient(
  endpoint,
  new AzureKeyCredential("c2VjcmV0LXNlY3JldA=="),
  options,
);
const errors: unknown[] = [];
const readOne = () =>
  client.createUser().then(
    ({ communicationUserId }) => communicationUserId.length,
    (error: unknown) => -errors.push(error),
  );

await readOne();
const lengths = new Set<number>();
const before = process.memoryUsage.rss();
let peak = before;
const timer = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 5);
for (let round = 0; round < Number(rounds); round++) {
  for (const length of await Promise.all(Array.from({ length: Number(atOnce) }, readOne)))
    lengths.add(length);
}
clearInterval(timer);
process.stdout.write(
  JSON.stringify({ lengths: [...lengths], growthInMiB: Math.round((peak - before) / 2 ** 20) }),
);
