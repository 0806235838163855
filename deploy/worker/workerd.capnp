# The same Worker on a machine of your own: edit ORIGINS, then `workerd serve workerd.capnp`.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ( name = "proxy", worker = .proxy ),
    # Public addresses only, and certificates that the machine trusts.
    ( name = "internet", network = ( allow = ["public"], tlsOptions = ( trustBrowserCas = true ) ) ),
  ],
  sockets = [ ( name = "http", address = "127.0.0.1:8787", http = (), service = "proxy" ) ],
);

const proxy :Workerd.Worker = (
  modules = [ ( name = "worker", esModule = embed "worker.js" ) ],
  compatibilityDate = "2026-11-01",
  # The signatures that have passed, until workerd is started anew.
  durableObjectNamespaces = [
    ( className = "Passed", uniqueKey = "relight-passed", preventEviction = true ),
  ],
  durableObjectStorage = ( inMemory = void ),
  bindings = [
    # The origins of the pages that may use the proxy, whole, with commas between.
    ( name = "ORIGINS", text = "https://console.example.org" ),
    ( name = "PASSED", durableObjectNamespace = "Passed" ),
  ],
);
