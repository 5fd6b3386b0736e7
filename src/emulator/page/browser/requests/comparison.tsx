import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ListedRequest } from "../../../admin/models.js";
import { useProblem } from "../controls/problem.js";
import { useRead } from "../controls/useRead.js";
import { adminApi } from "../emulator/adminApi.js";
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
  const names = [...new Set([...before.keys(), ...after.keys()])];
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
            return (
              <tr key={name} class={one === two ? "muted" : ""}>
                <th scope="row">{name}</th>
                <td>{one}</td>
                <td>{one === two ? two : <mark>{two}</mark>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
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
