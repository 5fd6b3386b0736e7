import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ListedRequest } from "../../../admin/models.js";
import { useProblem } from "../controls/problem.js";
import { useRead } from "../controls/useRead.js";
import { adminApi } from "../emulator/adminApi.js";
import { shorten } from "../format.js";
import { Signal, useSignal } from "../signal.js";
import { statusText } from "./requests.js";

/** Which two requests are compared. */
export const compared: Signal<{ readonly number: number; readonly other: number } | undefined> = new Signal(
  undefined,
);

/** The bodies of two requests and their responses beside each other, with what differs marked. */
export function Comparison({ request }: { request: ListedRequest }): JSX.Element | null {
  const pair = useSignal(compared);
  const number = pair?.number === request.number ? pair.other : undefined;
  const [other, setOther] = useState<ListedRequest>();
  const problem = useProblem();
  useRead(
    {
      read: number === undefined ? undefined : () => adminApi.request(number),
      show: setOther,
      fail: problem.show,
    },
    [number],
  );
  if (number === undefined) return null;
  if (other?.number !== number) return problem.view;
  const [before, after] = [partsOf(other), partsOf(request)];
  const all = [...new Set([...before.keys(), ...after.keys()])];
  const names = [...all.filter(isOfRequest), ...all.filter((name) => !isOfRequest(name))];
  return (
    <div class="part" id="comparison">
      <h3>Compared with request {number}</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Request {number}</th>
            <th scope="col">Request {request.number}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const [one = "–", two = "–"] = [before.get(name), after.get(name)];
            const isInBoth = before.has(name) && after.has(name);
            const isUsual = one === two || (isInBoth && !isOfRequest(name) && alwaysDiffers.test(name));
            return (
              <tr key={name} class={isUsual ? "muted" : ""}>
                <th scope="row">{name}</th>
                <td>{shortToken(one)}</td>
                <td>{isUsual ? shortToken(two) : <mark>{shortToken(two)}</mark>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Ids, times and tokens of a response, which are others each time. */
const alwaysDiffers = /(?:^|[._-])(?:id|token|expires_?on|lastTokenIssuedAt|date|timestamp|cv|ref|time)$/i;

function isOfRequest(name: string): boolean {
  return /^request(?:\.|$)/.test(name);
}

function shortToken(text: string): string {
  return text.startsWith("eyJ") ? shorten(text) : text;
}

/** Returns the members of a request's body, and the status, the members of the body and the headers of its response, by name. */
function partsOf(request: ListedRequest): Map<string, string> {
  const { body, responseBody, responseHeaders = {} } = request;
  return new Map([
    ...membersOf("request", body),
    ["status", statusText(request)],
    ...membersOf("", responseBody),
    ...Object.entries(responseHeaders),
  ]);
}

function membersOf(name: string, value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null)
    return value === undefined ? [] : [[name || "body", String(value)]];
  return Object.entries(value).flatMap(([part, member]) =>
    membersOf(name ? `${name}.${part}` : part, member),
  );
}
