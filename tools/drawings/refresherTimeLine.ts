// The time line of the refresher: when it renews, and what it does after a failure.
import { chartStyle } from "./chartStyle.js";
import { svgStart } from "./drawing.js";
import { lifetime, type Request, requestsOf } from "./refresherTimes.js";

const width = 480;
const margin = 16;
const laneHeight = 112;
/** How long the drawing watches, in minutes, or in seconds where a lane says so. */
const watched = 72;
/** When a user signs in again after a 401, in minutes. */
const signInAgain = 52;
/** When an endpoint that failed works again, in minutes. */
const repair = 64.5;

interface Lane {
  readonly title: string;
  readonly remark: string;
  readonly requests: readonly Request[];
  /** The length of its unit, in seconds. */
  readonly unit: number;
  /** Where its axis has labels. */
  readonly labels: readonly number[];
  /** A time that varies, in its unit. */
  readonly span?: readonly [from: number, to: number];
}

export async function refresherTimeLine(): Promise<string> {
  const renewals = await between(async (random) => {
    const [, second] = await requestsOf({ seconds: lifetime, random, status: () => 200 });
    return (second?.time ?? Number.NaN) / 60;
  });
  const inOutage = (random: number) =>
    requestsOf({
      seconds: watched * 60,
      random,
      status: (time) => (time > 0 && time < repair * 60 ? 503 : 200),
    });
  const gaps = await between(async (random) => {
    const [, first, second] = await inOutage(random);
    return ((second?.time ?? Number.NaN) - (first?.time ?? Number.NaN)) / 60;
  });
  const refused = await requestsOf({
    seconds: watched * 60,
    random: 0.5,
    status: (time) => (time > 0 && time < signInAgain * 60 ? 401 : 200),
    acts: { [signInAgain * 60]: (refresher) => refresher.retry() },
  });
  const withoutToken = (random: number) =>
    requestsOf({ seconds: watched, random, status: (time) => (time < 60 ? 503 : 200) });
  const attempts = 5;
  const last = await between(
    async (random) => (await withoutToken(random))[attempts - 1]?.time ?? Number.NaN,
  );
  const minutes = { unit: 60, labels: [0, ...renewals, lifetime / 60] };
  const lanes: readonly Lane[] = [
    {
      ...minutes,
      title: "The next token",
      remark: `comes ${renewals.join(" to ")} minutes after one of an hour, at random.`,
      requests: await requestsOf({ seconds: watched * 60, random: 0.5, status: () => 200 }),
      span: renewals,
    },
    {
      ...minutes,
      title: "The endpoint fails: 5xx, 408, 425, 429, no network",
      remark: `It is asked every ${gaps.join(" to ")} minutes while the token has 5 left.`,
      requests: await inOutage(0.5),
    },
    {
      ...minutes,
      title: "The endpoint refuses: 401, any other 4xx",
      remark: `It isn't asked again until retry(), here at ${signInAgain}.`,
      requests: refused,
    },
    {
      title: "There is no token yet, and the endpoint fails",
      remark: `Attempt ${attempts} is after ${last.join(" to ")} seconds, and getToken rejects.`,
      requests: await withoutToken(0.5),
      unit: 1,
      labels: [0, ...last],
      span: last,
    },
  ];
  const title = "When the token refresher asks for a token";
  const description = `A token of an hour is renewed after ${renewals.join(" to ")} minutes, at random. If the endpoint fails then, it is asked again every ${gaps.join(" to ")} minutes while the token is valid for 5 minutes more. After a 401 or another final 4xx, it isn't asked until the app calls retry(). Without a token, a failing endpoint is asked ${attempts} times within ${last.join(" to ")} seconds. Then getToken rejects, and attempts go on.`;
  const height = lanes.length * laneHeight + 40;
  return `${svgStart(width, height, title, description)}
${chartStyle}
<rect class="ground" width="${width}" height="${height}"/>
${lanes.map((lane, index) => laneOf(lane, index * laneHeight + 24)).join("\n")}
${legend(height - 18)}
</svg>
`;
}

/** Returns the results with the least and the most that a random number can be, in order and with one digit. */
async function between(measure: (random: number) => Promise<number>): Promise<readonly [number, number]> {
  const [one = 0, other = 0] = [await measure(0), await measure(1)].sort((a, b) => a - b);
  return [Number(one.toFixed(1)), Number(other.toFixed(1))];
}

function x(time: number): number {
  return Number((margin + (time / watched) * (width - 2 * margin)).toFixed(1));
}

function laneOf({ title, remark, requests, unit, labels, span }: Lane, top: number): string {
  const [tokenTop, axis] = [top + 33, top + 59];
  const successes = requests.filter(({ status }) => status === 200).map(({ time }) => time / unit);
  const tokens = successes.map((from, index) => {
    const to = Math.min(successes[index + 1] ?? Number.POSITIVE_INFINITY, from + lifetime / unit, watched);
    return `<rect class="token" x="${x(from)}" y="${tokenTop}" width="${(x(to) - x(from)).toFixed(1)}" height="14" rx="3"/>`;
  });
  const marks = requests.map(({ time, status }) => {
    const at = x(time / unit);
    return status === 200 ? dot(at, tokenTop + 7) : cross(at, tokenTop + 7);
  });
  const name = unit === 60 ? "min" : "s";
  return [
    `<text class="title" x="${margin}" y="${top}">${title}</text>`,
    `<text class="muted" x="${margin}" y="${top + 20}">${remark}</text>`,
    ...(span
      ? [
          `<rect class="span" x="${x(span[0])}" y="${tokenTop - 4}" width="${(x(span[1]) - x(span[0])).toFixed(1)}" height="22" rx="4"/>`,
        ]
      : []),
    ...tokens,
    `<path class="line" d="M${x(0)} ${axis}H${x(watched)}"/>`,
    ...labels.map(
      (time) =>
        `<path class="line" d="M${x(time)} ${axis}v4"/><text class="muted middle" x="${x(time)}" y="${axis + 19}">${time}</text>`,
    ),
    `<text class="muted end" x="${x(watched)}" y="${axis + 19}">${name}</text>`,
    ...marks,
  ].join("\n");
}

function dot(at: number, y: number): string {
  return `<circle class="good" cx="${at}" cy="${y}" r="5"/>`;
}

function cross(at: number, y: number): string {
  return `<path class="bad" d="M${at - 4} ${y - 4}l8 8m0 -8l-8 8"/>`;
}

function legend(y: number): string {
  return `${dot(margin + 5, y - 5)}<text class="muted" x="${margin + 16}" y="${y}">a new token</text>
${cross(margin + 125, y - 5)}<text class="muted" x="${margin + 136}" y="${y}">a failed attempt</text>
<rect class="token" x="${margin + 262}" y="${y - 12}" width="26" height="14" rx="3"/><text class="muted" x="${margin + 296}" y="${y}">a valid token</text>`;
}
