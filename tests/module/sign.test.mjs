import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import { load, vectors } from "./load.mjs";

const relight = await load();
// The one that only signs has no list of the clouds.
const { clouds } = await load("relight-core");
const key = { accessKeyId: "EXAMPLE-KEY-ID", secret: "example-secret-not-real" };

test("every vector comes out as the vendors' SDKs made it", async (t) => {
  const all = await vectors();
  assert.ok(all.length >= 80, `only ${all.length} vectors`);
  for (const { name, input, expected } of all) {
    await t.test(name, async () => {
      const signed = await relight.signRequest(input);
      assert.equal(signed.signature, expected.signature);
      assert.equal(signed.stringToSign, expected.stringToSign);
      assert.equal(signed.canonicalRequest, expected.canonicalRequest);
      assert.equal(signed.authorization, expected.authorization);
      assert.equal(signed.method, input.method);
      assert.equal(new URL(signed.url).host, input.host);
      assert.equal(signed.headers.authorization, expected.authorization);
      assert.ok(!Object.keys(signed.headers).some((header) => header.toLowerCase() === "host"));
      if (expected.authorization) {
        assert.equal(signed.body, input.body);
      } else {
        // The signature is one of the parameters, once.
        const sent = `Signature=${encodeURIComponent(expected.signature)}`;
        assert.equal(`${signed.url}&${signed.body}`.split(sent).length, 2, "sent once");
      }
    });
  }
});

test("an operation of each cloud is signed from its parameters", async () => {
  for (const cloud of clouds()) {
    const signed = await relight.signRequest({
      ...key,
      cloud: cloud.id,
      region: cloud.regionRequired ? cloud.regions[0].id : undefined,
      operation: cloud.operations[0].name,
      instanceIds: [cloud.instanceId.example],
      timestamp: 1700000000,
      nonce: "0123456789abcdef0123456789abcdef",
    });
    assert.ok(signed.stringToSign.startsWith(cloud.algorithms[0]), signed.stringToSign);
    assert.ok((signed.url + signed.body).includes(cloud.instanceId.example));
    // fetch takes it as it is.
    const request = new Request(signed.url, {
      method: signed.method,
      headers: signed.headers,
      body: signed.body || undefined,
    });
    assert.equal(request.headers.get("authorization"), signed.authorization);
    assert.ok(!JSON.stringify(signed).includes(key.secret));
  }
});

test("a signature that is recomputed here is the same", async () => {
  const signed = await relight.signRequest({
    ...key,
    cloud: "tencent",
    region: "ap-guangzhou",
    operation: "RebootInstances",
    instanceIds: ["ins-r8hr2upy", "ins-5d8a23rs"],
    options: { StopType: "SOFT" },
    timestamp: "2023-11-14T22:13:20Z",
  });
  assert.equal(signed.body, '{"InstanceIds":["ins-r8hr2upy","ins-5d8a23rs"],"StopType":"SOFT"}');
  assert.equal(signed.headers["x-tc-timestamp"], "1700000000");
  const sha = (text) => createHash("sha256").update(text).digest("hex");
  const mac = (with_, text) => createHmac("sha256", with_).update(text).digest();
  assert.ok(signed.canonicalRequest.endsWith(`\n${sha(signed.body)}`));
  assert.ok(signed.stringToSign.endsWith(`\n${sha(signed.canonicalRequest)}`));
  const derived = ["2023-11-14", "cvm", "tc3_request"].reduce(mac, `TC3${key.secret}`);
  assert.equal(signed.signature, mac(derived, signed.stringToSign).toString("hex"));
});

test("time and nonce are the machine's unless given, and a nonce comes once", async () => {
  const job = {
    ...key,
    cloud: "alibaba",
    region: "cn-hangzhou",
    operation: "RebootInstance",
    instanceIds: ["i-bp1g6zv0ce8oghu7k2m4"],
  };
  const nonces = new Set();
  for (let count = 0; count < 200; count += 1) {
    const { headers } = await relight.signRequest(job);
    assert.match(headers["x-acs-signature-nonce"], /^[0-9a-f]{32}$/);
    nonces.add(headers["x-acs-signature-nonce"]);
    assert.ok(Math.abs(Date.parse(headers["x-acs-date"]) - Date.now()) < 60_000);
  }
  assert.equal(nonces.size, 200);
});

test("text beyond ASCII is signed by its bytes", async () => {
  const [{ input }] = (await vectors()).filter(({ input }) => input.algorithm.startsWith("TC3"));
  const body = '{"名称":"重启 \u{1f680}"}';
  const signed = await relight.signRequest({ ...input, body });
  assert.equal(signed.body, body);
  const sha = createHash("sha256").update(body).digest("hex");
  assert.ok(signed.canonicalRequest.endsWith(sha));
});

test("ids, texts and headers of every kind are signed alike", async () => {
  const job = { ...key, cloud: "tencent", region: "ap-guangzhou", operation: "RebootInstances", timestamp: 1700000000 };
  const ids = ["ins-r8hr2upy", "ins-5d8a23rs"];
  const plain = await relight.signRequest({ ...job, instanceIds: ids });
  // An element with a line break, and ids as one text.
  for (const instanceIds of [[ids.join("\n")], ids.join(" ")]) {
    assert.deepEqual(await relight.signRequest({ ...job, instanceIds }), plain);
  }
  // A field beyond ASCII that is not signed leaves the rest as it is.
  assert.deepEqual(await relight.signRequest({ ...job, instanceIds: ids, note: "重启" }), plain);
  // More than there is room for at first, and a secret beyond ASCII.
  const [{ input }] = (await vectors()).filter(({ input }) => input.algorithm.startsWith("TC3"));
  const mac = (with_, text) => createHmac("sha256", with_).update(text).digest();
  for (const secret of [key.secret, "密钥-" + key.secret]) {
    const body = "x".repeat(100_000);
    const signed = await relight.signRequest({ ...input, secret, body });
    assert.equal(signed.body, body);
    const scope = signed.stringToSign.split("\n")[2].split("/");
    const derived = scope.reduce(mac, `TC3${secret}`);
    assert.equal(signed.signature, mac(derived, signed.stringToSign).toString("hex"));
  }
  // What is undefined is not there, as in JSON.
  const headers = { ...input.headers, "x-tc-token": undefined };
  assert.deepEqual(await relight.signRequest({ ...input, headers, token: undefined }), await relight.signRequest(input));
  // A header that would be two lines, and one that would be no member.
  for (const header of ["x-two", "__proto__"]) {
    const headers = JSON.parse(`{ "${header}": "one\\ntwo" }`);
    const signed = await relight.signRequest({ ...input, headers, signedHeaders: ["host"] });
    assert.equal(Object.getOwnPropertyDescriptor(signed.headers, header).value, "one\ntwo");
  }
});

test("every member is read once: what is checked is what is signed", async () => {
  const job = { ...key, cloud: "tencent", region: "ap-guangzhou", operation: "RebootInstances", timestamp: 1700000000 };
  const plain = await relight.signRequest({ ...job, instanceIds: ["ins-r8hr2upy"], options: { StopType: "SOFT" } });
  const reads = new Map();
  const once = (target, name) =>
    new Proxy(target, {
      get(from, member, self) {
        const path = `${name}.${String(member)}`;
        reads.set(path, (reads.get(path) ?? 0) + 1);
        const value = Reflect.get(from, member, self);
        return reads.get(path) > 1 && typeof value === "string" ? `${value}-changed` : value;
      },
    });
  const given = once(
    { ...job, instanceIds: once(["ins-r8hr2upy"], "instanceIds"), options: once({ StopType: "SOFT" }, "options") },
    "input",
  );
  assert.deepEqual(await relight.signRequest(given), plain);
  for (const path of ["input.secret", "input.cloud", "input.region", "instanceIds.0", "options.StopType"]) {
    assert.equal(reads.get(path), 1, path);
  }
  // A getter that throws, at either level.
  const fails = { get StopType() { throw new Error("no"); } };
  for (const input of [{ ...job, instanceIds: [], options: fails }, { get secret() { throw new Error("no"); } }]) {
    await assert.rejects(relight.signRequest(input), { name: "RelightError", kind: "invalid-argument" });
  }
});

test("what is wrong with the input is named, and nothing is signed", async () => {
  const [{ input }] = await vectors();
  const operation = {
    ...key,
    cloud: "tencent",
    region: "ap-guangzhou",
    operation: "RebootInstances",
    instanceIds: ["ins-r8hr2upy"],
  };
  const ids = Array.from({ length: 101 }, (_, index) => `ins-${10_000_000 + index}`);
  for (const [given, kind, words] of [
    [undefined, "invalid-argument", /`input`/],
    [{ ...input, secret: undefined }, "invalid-argument", /`secret` is missing/],
    [{ ...input, secret: 7 }, "invalid-argument", /`secret` must be text/],
    [{ ...input, host: 7 }, "invalid-argument", /`host` must be text/],
    [{ ...input, headers: { accept: 7 } }, "invalid-argument", /`headers\.accept` must be text/],
    [{ ...input, headers: [] }, "invalid-argument", /`headers` must be an object/],
    [{ ...input, query: { a: {} } }, "invalid-argument", /`query\.a` must be text/],
    [{ ...input, signedHeaders: ["host", null] }, "invalid-argument", /`signedHeaders\[1\]` must be text/],
    [{ ...input, signedHeaders: "host" }, "invalid-argument", /`signedHeaders` must be an array/],
    [{ ...input, unsignedPayload: "no" }, "invalid-argument", /`unsignedPayload` must be true or false/],
    [{ ...input, method: undefined }, "invalid-argument", /`method` is missing/],
    [(({ host, ...rest }) => rest)(input), "invalid-argument", /`host` is missing/],
    // A value in the wrong place may be the secret: it is not shown.
    [{ ...input, timestamp: key.secret }, "invalid-argument", /`timestamp` must be seconds/],
    [{ ...input, timestamp: [key.secret] }, "invalid-argument", /`timestamp` must be seconds/],
    [{ ...input, unsignedPayload: key.secret }, "invalid-argument", /`unsignedPayload`/],
    [[input], "invalid-argument", /`input` must be an object/],
    [{ ...input, timestamp: "yesterday" }, "invalid-argument", /`timestamp`/],
    [{ ...input, timestamp: undefined }, "invalid-argument", /`timestamp` is missing/],
    [{ ...input, algorithm: "HMAC-MD5" }, "invalid-argument", /HMAC-MD5/],
    [{ ...operation, cloud: "nimbus" }, "invalid-argument", /`cloud`/],
    [{ ...operation, instanceIds: [1660545330971680835] }, "invalid-argument", /instanceIds\[0\]/],
    [{ ...operation, instanceIds: ["ins-R8HR2UPY"] }, "invalid-argument", /ins-R8HR2UPY/],
    [{ ...operation, instanceIds: ids }, "invalid-argument", /at most 100; 101/],
    [{ ...operation, instanceIds: [] }, "no-instances", /./],
    [{ ...operation, region: "" }, "region-missing", /./],
    [{ ...operation, operation: "TerminateInstances" }, "unknown-operation", /Terminate/],
    [{ ...operation, instanceIds: null }, "invalid-argument", /`instanceIds` is missing/],
    [{ ...operation, options: { StopType: ["SOFT"] } }, "invalid-argument", /`options\.StopType` must be true, false or text/],
    [{ ...operation, timestamp: 1.5 }, "invalid-argument", /`timestamp` must be seconds/],
    [{ ...operation, timestamp: 1e12 }, "invalid-argument", /`timestamp` must be seconds/],
    [{ ...operation, options: { StopType: "KICK" } }, "option-value", /KICK/],
    [{ ...operation, accessKeyId: "two words" }, "key-id-malformed", /SecretId/],
    [{ ...operation, secret: "AKIDexampleexample" }, "invalid-argument", /swapped/],
    [{ ...input, secret: "LTAIexampleexample" }, "invalid-argument", /swapped/],
  ]) {
    await assert.rejects(relight.signRequest(given), (error) => {
      assert.ok(error instanceof Error);
      assert.equal(error.name, "RelightError");
      assert.equal(error.kind, kind, error.message);
      assert.match(error.message, words);
      assert.ok(!error.message.includes(key.secret));
      return true;
    });
  }
});

test("no secret stays in the module's memory", async () => {
  const secret = "s3cr3t-" + "needle".repeat(4);
  const fresh = await load();
  const { memory } = await fresh.default();
  const job = {
    accessKeyId: "EXAMPLE-KEY-ID",
    secret,
    cloud: "tencent",
    region: "ap-guangzhou",
    operation: "RebootInstances",
    instanceIds: ["ins-r8hr2upy"],
  };
  await fresh.signRequest(job);
  // What crosses field by field, what is refused, and what finds no room at first.
  await fresh.signRequest({ ...job, note: "重启" });
  await assert.rejects(fresh.signRequest({ ...job, region: "" }));
  await assert.rejects(fresh.signRequest({ ...job, instanceIds: Array(3000).fill("ins-r8hr2upy") }));
  const bytes = Buffer.from(memory.buffer);
  assert.equal(bytes.indexOf(secret), -1);
  assert.ok(bytes.indexOf("ins-r8hr2upy") >= 0, "this searches the right memory");
});
