/** The `id` of one of `clouds()`. */
export type CloudId = string;

/** The language of messages; English unless given. */
export type Locale = "en" | "zh";

/**
 * What every function here throws (`signRequest`: rejects with). Nothing was sent.
 * `kind` says which rule was broken; `message` is a sentence for people.
 */
export interface RelightError extends Error {
  name: "RelightError";
  kind: ErrorKind;
}

/** `invalid-argument` is a mistake in the call itself, `no-document` is `mount` where there is no page;
 * the others are rules that a job breaks. */
export type ErrorKind =
  | "invalid-argument"
  | "no-document"
  | "unknown-operation"
  | "no-instances"
  | "region-missing"
  | "region-malformed"
  | "region-not-used"
  | "unknown-site"
  | "unknown-option"
  | "option-twice"
  | "option-value"
  | "exclusive-options"
  | "dry-run-proves-nothing"
  | "erases-several"
  | "erases-elsewhere"
  | "key-id-malformed"
  | "secret-malformed"
  | "token-malformed";

/** A request to sign: either one that is described field by field, or an operation of a cloud. */
export type SignInput = RequestToSign | OperationToSign;

/** Every field that a signature may cover. What is not given is not added. */
export interface RequestToSign {
  cloud?: undefined;
  /** The name that stands in the string to sign, such as `clouds()[0].algorithms[0]`. */
  algorithm: string;
  accessKeyId: string;
  secret: string;
  token?: string | null;
  method: string;
  /** The host that is signed. */
  host: string;
  path?: string;
  /** Decoded parameters, or the raw query for algorithms that sign it as it is sent. */
  query?: Record<string, string> | string;
  /** Decoded parameters of a form body, which is then written from them. */
  form?: Record<string, string>;
  /** The headers to send. */
  headers?: Record<string, string>;
  /** The names of those to sign; those that the algorithm asks for unless given. */
  signedHeaders?: readonly string[];
  /** Names of signed headers whose values are lower-cased before signing. */
  lowercasedValues?: readonly string[];
  body?: string;
  /** ISO 8601 in UTC, such as `2024-05-01T08:00:00Z`, or seconds since 1970. */
  timestamp: string | number;
  /** Part of query or headers already; here only so that a whole record can be passed. */
  nonce?: string | null;
  service?: string | null;
  unsignedPayload?: boolean;
  locale?: Locale;
}

/** One call of an operation, with at most `idsMax` ids. */
export interface OperationToSign extends Omit<Job, "batchSize"> {
  /** The cloud's first unless given. */
  algorithm?: string;
  accessKeyId: string;
  secret: string;
  token?: string | null;
  /** ISO 8601 in UTC or seconds since 1970; now unless given. */
  timestamp?: string | number;
  /** A text that is used once; random unless given. */
  nonce?: string;
  /** Sign the operation's name too where the cloud leaves that open; true unless given. */
  signAction?: boolean;
}
