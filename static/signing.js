// What crosses into wasm and out of it for a signature, each way in one piece. A crossing costs about
// as much as hashing a hundred bytes, and field by field there would be dozens.

const encoder = new TextEncoder();

// Writes an input of `signRequest` into `target`: a line of lengths, the body, the ids (a line each),
// the other members (a few lines each: JSON would take longer than half of all hashing), and last the
// secret, which so never becomes part of another text. Gives the length of all but the secret; below
// zero, that many bytes are needed.
//
// Gives 0 for what is not plain: something of another type than is usual, or text beyond ASCII, whose
// length in bytes is not known beforehand. Then the input is read as JSON, and what is wrong is named.
export function pack(input, target) {
  try {
    const { secret, body, instanceIds } = input;
    if (typeof secret !== "string") return 0;
    if (typeof body !== "string" && body !== undefined && body !== null) return 0;
    let ids = "";
    let count = -1;
    if (Array.isArray(instanceIds)) {
      for (const id of instanceIds) if (typeof id !== "string") return 0;
      ids = instanceIds.join("\n");
      count = instanceIds.length;
    }
    let rest = "";
    // How many lines that is: a line break inside a text makes it more, and is seen by that.
    let lines = 0;
    for (const name of Object.keys(input)) {
      if (name === "secret" || name === "body" || (count >= 0 && name === "instanceIds")) continue;
      const value = input[name];
      if (typeof value === "string") {
        rest += `s${name}\n${value}\n`;
        lines += 2;
      } else if (typeof value === "boolean") {
        rest += `${value ? "t" : "f"}${name}\n`;
        lines += 1;
      } else if (Number.isSafeInteger(value)) {
        rest += `n${name}\n${value}\n`;
        lines += 2;
      } else if (Array.isArray(value)) {
        rest += `[${name}\n${value.length}\n`;
        lines += 2 + value.length;
        for (const element of value) {
          if (typeof element !== "string") return 0;
          rest += `${element}\n`;
        }
      } else if (value !== undefined) {
        if (value === null || Object.getPrototypeOf(value) !== Object.prototype) return 0;
        rest += `{${name}\n`;
        for (const inner of Object.keys(value)) {
          const text = value[inner];
          if (typeof text === "string") {
            rest += `s${inner}\n${text}\n`;
            lines += 2;
          } else if (typeof text === "boolean") {
            rest += `${text ? "t" : "f"}${inner}\n`;
            lines += 1;
          } else if (text !== undefined) return 0;
        }
        rest += "}\n";
        lines += 2;
      }
    }
    const lengths = `${secret.length} ${body ? body.length : 0} ${ids.length} ${lines} ${count}`;
    const text = `${lengths}\n${body ?? ""}${ids}${rest}`;
    const needed = text.length + secret.length;
    if (needed > target.length) return -needed;
    if (!fits(text, target) || !fits(secret, target.subarray(text.length))) return 0;
    return text.length;
  } catch {
    // A getter that throws, a cycle: it will throw again where it can be told.
    return 0;
  }
}

// Writes a text; whether it is all there, a byte for each character.
function fits(text, target) {
  const { read, written } = encoder.encodeInto(text, target);
  return read === text.length && written === text.length;
}

// The names of the headers of the request before, each on its line, and as they are looked up. Most
// requests of a program have the same: to make names of texts takes as long as all else in here.
let namesBefore = "";
let keysBefore = [];

// The promise of a signed request. `text` is its parts, one behind the other, with these lengths
// (below zero: there is none), then the names of its headers and then their values, a line each.
//
// Gives nothing for text beyond ASCII, which has fewer characters than bytes: the lengths are in bytes.
export function unpack(text, bytes, method, url, body, canonical, toSign, signature, authorization, names) {
  if (text.length !== bytes) return undefined;
  let at = 0;
  const next = (length) => text.slice(at, (at += length));
  const signed = { method: next(method), url: next(url), headers: {}, body: next(body) };
  if (canonical >= 0) signed.canonicalRequest = next(canonical);
  signed.stringToSign = next(toSign);
  signed.signature = next(signature);
  if (authorization >= 0) signed.authorization = next(authorization);
  const headers = next(names);
  if (headers !== namesBefore) {
    namesBefore = headers;
    keysBefore = headers.split("\n");
  }
  const values = text.slice(at).split("\n");
  for (let line = 0; line + 1 < values.length; line += 1) signed.headers[keysBefore[line]] = values[line];
  return Promise.resolve(signed);
}
