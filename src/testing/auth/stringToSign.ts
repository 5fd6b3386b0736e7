import type { WireRequest } from "../wire/wire.js";

/** The target and host that a signature may cover. */
export interface SigningView {
  readonly target: string;
  readonly host: string;
}

/** An official client's quirk that the real service never sees, as its hosts have no ports and its paths no spaces. */
export interface Tolerance {
  readonly name:
    | "java-host-without-port"
    | "js-doubled-port"
    | "js-form-query"
    | "python-http-path"
    | "python-decoded-path";
  readonly view: (exact: SigningView) => SigningView;
}

export const tolerances: readonly Tolerance[] = [
  { name: "java-host-without-port", view: ({ target, host }) => ({ target, host: withoutPort(host) }) },
  { name: "js-doubled-port", view: ({ target, host }) => ({ target, host: withPortTwice(host) }) },
  { name: "js-form-query", view: ({ target, host }) => ({ target: withFormQuery(target), host }) },
  { name: "python-http-path", view: ({ target, host }) => ({ target: target.slice(1), host }) },
  { name: "python-decoded-path", view: ({ target, host }) => ({ target: decode(target), host }) },
  { name: "python-decoded-path", view: ({ target, host }) => ({ target: decode(target.slice(1)), host }) },
];

export function exactView(request: WireRequest): SigningView {
  return { target: request.target, host: request.host };
}

/**
 * Returns the method, the target and the values of the signed headers as received. Nothing is decoded or
 * normalized, because a signature covers bytes.
 */
export function stringToSign(
  request: WireRequest,
  signedHeaders: readonly string[],
  view: SigningView,
): string {
  const values = signedHeaders.map((name) =>
    name === "host" ? view.host : (request.headers.get(name) ?? ""),
  );
  return `${request.method}\n${view.target}\n${values.join(";")}`;
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, "");
}

function withPortTwice(host: string): string {
  return host.replace(/:\d+$/, "$&$&");
}

function withFormQuery(target: string): string {
  const mark = target.indexOf("?");
  return mark < 0 ? target : `${target.slice(0, mark)}?${new URLSearchParams(target.slice(mark + 1))}`;
}

function decode(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}
