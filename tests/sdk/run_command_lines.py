"""The lines that the page copies for command line tools, run by a shell against a sandbox.

usage: RELIGHT_SANDBOX=URL RELIGHT_COMMAND_LINES=PROGRAM RELIGHT_TCCLI=PROGRAM python run_command_lines.py

For each job the page's own request is sent, and after a reset each line; the sandbox must see the same of
both. `curl` and `tccli` are the real ones. `aliyun` and `zeno` are in no registry: the fakes below read their
lines by the tools' rules, refuse a parameter that the vendor's SDK does not have, and send with that SDK.
Prints a line for each check.
"""

import datetime
import http.client
import http.server
import importlib
import ipaddress
import json
import os
import pathlib
import re
import shlex
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid

sys.dont_write_bytecode = True
from run_python import KEYS, REGIONS, Checks, Sandbox

HOSTS = ["*.aliyuncs.com", "*.cn-beijing.aliyuncs.com", "cvm.tencentcloudapi.com",
         "cvm.intl.tencentcloudapi.com", "console.zenlayer.com"]

# Cloud, operation, instances, their state, options, and the site of the account.
JOBS = [
    ("alibaba", "RebootInstances", 2, "running",
     {"ForceReboot": "false", "BatchOptimization": "SuccessFirst", "DryRun": "false"}, None),
    ("alibaba", "RebootInstances", 2, "running", {"ForceReboot": "true"}, None),
    ("alibaba", "RebootInstance", 1, "running", {"ForceStop": "false"}, None),
    ("alibaba", "StartInstances", 2, "stopped", {}, None),
    ("alibaba", "StartInstance", 1, "stopped", {"InitLocalDisk": "false"}, None),
    ("tencent", "RebootInstances", 2, "running", {"StopType": "SOFT_FIRST"}, None),
    ("tencent", "RebootInstances", 1, "running", {"ForceReboot": "false"}, None),
    ("tencent", "RebootInstances", 2, "running", {"StopType": "HARD"}, "international"),
    ("tencent", "StartInstances", 2, "stopped", {}, None),
    ("zenlayer", "RebootInstances", 2, "running", {"forceReboot": "false"}, None),
    ("zenlayer", "RebootInstances", 2, "running", {"forceReboot": "true"}, None),
    ("zenlayer", "StartInstances", 2, "stopped", {}, None),
]


class Relay:
    """A forward proxy that ends TLS for every host, keeps what arrives, and passes it to the sandbox."""

    def __init__(self, sandbox, folder):
        self.address = sandbox.address
        self.seen = []
        certificate = folder / "certificate.pem"
        certificate.write_bytes(make_certificate())
        self.certificate = str(certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        relay = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_CONNECT(self):
                self.send_response(200)
                self.end_headers()
                self.connection = context.wrap_socket(self.connection, server_side=True)
                self.rfile = self.connection.makefile("rb", -1)
                self.wfile = self.connection.makefile("wb", 0)
                # Some clients open tunnels in the words of HTTP/1.0.
                self.close_connection = False

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                status, headers, answer = relay.send(
                    self.command, self.path, self.headers.items(), body)
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                        self.send_header(name, value)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.own = f"127.0.0.1:{server.server_port}"

    def send(self, method, target, headers, body):
        headers = [(name.lower(), value) for name, value in headers]
        self.seen.append({"method": method, "target": target, "headers": dict(headers), "body": body})
        connection = http.client.HTTPConnection(self.address, timeout=30)
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            if name not in ("content-length", "connection", "proxy-connection", "accept-encoding"):
                connection.putheader(name, value)
        connection.putheader("content-length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()


def make_certificate():
    """A certificate for the clouds' hosts, and its key, of nobody's authority."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sandbox")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName(host) for host in HOSTS]
    names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


class Shell:
    """Runs a line as it is; only the environment leads it to the sandbox."""

    def __init__(self, relay, folder):
        # The SDK inside tccli takes its authorities from this module and no setting.
        (folder / "sitecustomize.py").write_text(
            "import os, certifi\ncertifi.where = lambda: os.environ['CURL_CA_BUNDLE']\n")
        tools = pathlib.Path(os.environ["RELIGHT_TCCLI"]).parent
        key_id, secret = KEYS["tencent"]
        self.environment = {
            "HOME": str(folder),
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(folder),
            "https_proxy": f"http://{relay.own}",
            "HTTPS_PROXY": f"http://{relay.own}",
            "CURL_CA_BUNDLE": relay.certificate,
            "TENCENTCLOUD_SECRET_ID": key_id,
            "TENCENTCLOUD_SECRET_KEY": secret,
        }

    def run(self, line):
        outcome = subprocess.run(
            ["sh", "-c", line], env=self.environment, capture_output=True, text=True, timeout=120)
        return outcome.stdout + outcome.stderr


def aliyun(relay, line):
    """The rules of `aliyun` for an RPC operation: `--Name value` is a parameter of that name."""
    from aliyunsdkcore.client import AcsClient
    from aliyunsdkcore.request import CommonRequest

    program, product, action, *words = words_of(line)
    if (program, product) != ("aliyun", "ecs"):
        raise ValueError(line)
    known = getattr(
        importlib.import_module(f"aliyunsdkecs.request.v20140526.{action}Request"),
        f"{action}Request")
    options = read_pairs(words)
    region = options.pop("region")
    request = CommonRequest(domain=relay.own, version="2014-05-26", action_name=action)
    request.set_method("POST")
    request.set_protocol_type("http")
    for name, value in options.items():
        setter = "set_" + re.sub(r"\.\d+$", "s", name)
        if name != "RegionId" and not hasattr(known, setter):
            raise ValueError(f"{action} has no {name}")
        request.add_query_param(name, value)
    client = AcsClient(*KEYS["alibaba"], region, auto_retry=False, max_retry_time=0)
    return client.do_action_with_exception(request).decode()


def words_of(line):
    """The words that a shell gives to the program."""
    outcome = subprocess.run(
        ["sh", "-c", "printf '%s\\0' " + line], capture_output=True, text=True, check=True)
    return outcome.stdout.split("\0")[:-1]


def read_pairs(words):
    if len(words) % 2 or any(not word.startswith("--") for word in words[::2]):
        raise ValueError(words)
    options = dict(zip([word[2:] for word in words[::2]], words[1::2]))
    if len(options) * 2 != len(words):
        raise ValueError(f"an option twice: {words}")
    return options


def zeno(relay, line):
    """The rules of `zeno`: lists by repetition, booleans without a value, names with hyphens."""
    from zenlayercloud.common.config import Config
    from zenlayercloud.common.credential import Credential
    from zenlayercloud.zec.v20250901 import models, zec_client

    program, product, api, *words = words_of(line)
    if (program, product) != ("zeno", "zec"):
        raise ValueError(line)
    action = "".join(part.capitalize() for part in api.split("-"))
    request = getattr(models, f"{action}Request")()
    while words:
        option = words.pop(0)
        head, *rest = option.removeprefix("--").split("-")
        name = head + "".join(part.capitalize() for part in rest)
        if not option.startswith("--") or not hasattr(request, name):
            raise ValueError(f"{action} has no {option}")
        if not words or words[0].startswith("--"):
            setattr(request, name, True)
        else:
            setattr(request, name, [*(getattr(request, name) or []), words.pop(0)])
    client = zec_client.ZecClient(
        Credential(*KEYS["zenlayer"]), Config(scheme="http", domain=relay.own))
    return getattr(client, action)(request).to_json_string()


def parameters(seen):
    """What is asked for, without what only signs or presents the sender."""
    if seen["body"].startswith(b"{"):
        return json.loads(seen["body"])
    query = urllib.parse.urlsplit(seen["target"]).query + "&" + seen["body"].decode()
    common = ("AccessKeyId", "Action", "Format", "Timestamp", "Version")
    return {
        name: value
        for name, value in urllib.parse.parse_qsl(query)
        if name not in common and not name.startswith("Signature")
    }


def main():
    sandbox = Sandbox(os.environ["RELIGHT_SANDBOX"])
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        relay = Relay(sandbox, folder)
        shell = Shell(relay, folder)
        for job in JOBS:
            name = " ".join(str(part) for part in job if part not in (None, {}))
            try:
                check(checks, sandbox, relay, shell, name, *job)
            except Exception as error:
                checks.check(f"{name}: runs to the end", False, error)
    print(f"{checks.passed} passed, {checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


def check(checks, sandbox, relay, shell, name, cloud, operation, count, state, options, site):
    def arrival(act):
        """What the sandbox and the relay see of one request to a new sandbox."""
        reset(sandbox)
        relay.seen.clear()
        said = act()
        calls = sandbox.ask("/sandbox/calls")
        if len(calls) != 1 or len(relay.seen) != 1:
            raise ValueError(f"{len(calls)} calls: {said}")
        return calls[0], relay.seen[0], said

    reset(sandbox)
    ids = sandbox.pick(cloud, state, count)
    key_id, secret = KEYS[cloud]
    region = "" if cloud == "zenlayer" else REGIONS[cloud]
    lines = json.loads(subprocess.run(
        [os.environ["RELIGHT_COMMAND_LINES"]],
        input=json.dumps({
            "cloud": cloud, "site": site, "region": region, "operation": operation,
            "ids": " ".join(ids), "options": options, "keyId": key_id, "secret": secret,
            "unixSeconds": int(time.time()), "nonce": uuid.uuid4().hex,
        }),
        capture_output=True, text=True, check=True).stdout)
    texts = lines["line"] + lines["curl"]
    checks.check(f"{name}: no key in the lines", key_id not in texts and secret not in texts)

    request = lines["request"]
    own, own_seen, _ = arrival(lambda: relay.send(
        request["method"], request["target"],
        [["host", request["host"]], *request["headers"]], request["body"].encode()))
    checks.check(f"{name}: the page's own is carried out", own["executed"] and own["ids"] == ids, own)

    stand_in = {"aliyun": aliyun, "zeno": zeno}.get(lines["tool"])
    run = (lambda: stand_in(relay, lines["line"])) if stand_in else (lambda: shell.run(lines["line"]))
    call, seen, said = arrival(run)
    # A fake gets the sandbox's address.
    same = ["cloud", "action", "version", "ids", "keyId", "signature", "executed"]
    same += [] if stand_in else ["host", "region", "method"]
    what = {member: (own[member], call[member]) for member in same if own[member] != call[member]}
    checks.check(f"{name}: {lines['tool']} arrives as the page's request does", not what, (what, said))
    wanted, asked = parameters(own_seen), parameters(seen)
    if lines["tool"] == "aliyun":
        # The SDK adds it to every operation; the page where the operation has it.
        checks.check(f"{name}: the region", asked.pop("RegionId") == region)
        wanted.pop("RegionId", None)
    if lines["omitted"]:
        omitted, value = lines["omitted"].split("=")
        checks.check(f"{name}: what is left out", wanted.pop(omitted) is json.loads(value))
    checks.check(f"{name}: the same parameters", asked == wanted, (asked, wanted))

    curl, seen, said = arrival(lambda: shell.run(lines["curl"]))
    what = {member: (own[member], curl[member])
            for member in ("cloud", "action", "version", "region", "ids", "host", "method")
            if own[member] != curl[member]}
    checks.check(f"{name}: curl arrives as the page's request does", not what, (what, said))
    checks.check(f"{name}: unsigned it is refused", not curl["executed"] and curl["code"], curl)
    signed = lines["curl"]
    for header, value in request["headers"]:
        signed = signed.replace(f"'{header}: {lines['unsigned']}'", shlex.quote(f"{header}: {value}"))
    curl, seen, said = arrival(lambda: shell.run(signed))
    checks.check(f"{name}: signed it is carried out", curl["executed"] and curl["ids"] == ids, said)
    page = {key: own_seen[key] for key in ("method", "target", "body")}
    checks.check(f"{name}: it is the page's request", page == {key: seen[key] for key in page}, seen)
    more = set(seen["headers"]) - set(own_seen["headers"]) - {
        "user-agent", "content-length", "accept", "proxy-connection"}
    checks.check(f"{name}: no other header", not more, more)


def reset(sandbox):
    connection = http.client.HTTPConnection(sandbox.address, timeout=30)
    connection.request("POST", "/sandbox/reset")
    connection.getresponse().read()


if __name__ == "__main__":
    main()
