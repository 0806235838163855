// A program that uses every function, compiled by `tsc --strict`: the types are part of what is
// promised. Lines marked `@ts-expect-error` would compile if a type were `any`.
import init, {
  clouds,
  decodeResponse,
  explainError,
  parseInstanceIds,
  planRequests,
  signRequest,
  type BatchOutcome,
  type CloudInfo,
  type Explanation,
  type Job,
  type Outcome,
  type ParsedIds,
  type Plan,
  type RelightError,
  type SignedRequest,
} from "../../dist/relight.js";

export async function restart(text: string, accessKeyId: string, secret: string): Promise<string[]> {
  await init();
  const cloud: CloudInfo | undefined = clouds().find((cloud) => cloud.instanceId.example === text);
  if (!cloud) return [];
  const parsed: ParsedIds = parseInstanceIds(text, { cloud: cloud.id, locale: "zh" });
  for (const problem of parsed.problems) {
    if (problem.kind === "near-miss") console.log(problem.suggestion?.trim());
    // @ts-expect-error there is no such kind
    if (problem.kind === "nearly") console.log(problem);
  }
  const job: Job = {
    cloud: cloud.id,
    operation: cloud.operations[0]?.name ?? "",
    instanceIds: parsed.ids.map((id) => id.id),
    options: { DryRun: true },
  };
  // @ts-expect-error a job needs its instances
  const incomplete: Job = { cloud: cloud.id, operation: "RebootInstances" };
  let plan: Plan;
  try {
    plan = planRequests(job);
  } catch (error) {
    const { kind, message } = error as RelightError;
    if (kind === "region-missing") return [];
    throw new Error(`${kind}: ${message}: ${String(incomplete)}`);
  }
  const said: string[] = [];
  for (const call of plan.calls) {
    const signed: SignedRequest = await signRequest({
      ...job,
      instanceIds: call.instanceIds,
      accessKeyId,
      secret,
    });
    const answer = await fetch(signed.url, {
      method: signed.method,
      headers: signed.headers,
      body: signed.body || null,
    });
    const headers: Record<string, string> = {};
    answer.headers.forEach((value, name) => {
      headers[name] = value;
    });
    const outcome: BatchOutcome = decodeResponse({
      cloud: cloud.id,
      operation: call.operation,
      instanceIds: call.instanceIds,
      status: answer.status,
      headers,
      body: await answer.text(),
    });
    for (const instance of outcome.instances) {
      const word: Outcome = instance.outcome;
      const code: string = instance.error?.code ?? "";
      const explanations: Explanation[] = explainError(code, {
        cloud: cloud.id,
        operation: call.operation,
        locale: "en",
      });
      said.push(`${instance.instanceId} ${word} ${explanations[0]?.remedy ?? ""}`);
    }
    // @ts-expect-error a signature is text
    const wrong: number = signed.signature;
    said.push(String(wrong));
  }
  return said;
}

export async function signAsRecorded(): Promise<string | undefined> {
  const signed = await signRequest({
    algorithm: "TC3-HMAC-SHA256",
    accessKeyId: "EXAMPLE-SECRET-ID",
    secret: "example-secret-key-not-real",
    method: "POST",
    host: "cvm.tencentcloudapi.com",
    path: "/",
    query: "",
    headers: { "content-type": "application/json" },
    signedHeaders: ["content-type", "host"],
    body: "{}",
    timestamp: 1700000000,
  });
  // @ts-expect-error the algorithm's name cannot be left out
  await signRequest({ accessKeyId: "", secret: "", method: "POST", host: "", timestamp: 0 });
  // @ts-expect-error text, not a number
  parseInstanceIds(1660545330971680835);
  return signed.authorization;
}
