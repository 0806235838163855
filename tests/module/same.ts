// Compiled by `tsc --strict`: what the small modules have, the whole one has too, with the same types.
import * as whole from "../../dist/relight.js";
import * as core from "../../dist/relight-core.js";
import * as sign from "../../dist/relight-sign.js";

type Functions<M> = Omit<M, "default" | "initSync">;
export const functions: Functions<typeof core> = whole;
export const names: readonly (keyof Functions<typeof core>)[] = [
  "clouds",
  "decodeResponse",
  "explainError",
  "parseInstanceIds",
  "planRequests",
  "signRequest",
];
export const signing: Functions<typeof sign> = core;
export const signs: readonly (keyof Functions<typeof sign>)[] = ["signRequest"];
// @ts-expect-error it explains nothing
export const mute = sign.explainError;
// @ts-expect-error the console is not in it
export const absent = core.mount;
export const job: core.Job = {} as whole.Job;
export const signed: whole.SignedRequest = {} as core.SignedRequest;
export const input: sign.SignInput = {} as whole.SignInput;
