//! The doctor's change with a made-up key can do nothing, whoever is asked and whatever there is.

mod common;

use common::every_cloud;
use relight_core::{
    clouds,
    diagnostics::{Probe, made_up_key, probe},
    i18n::Locale,
    model::{
        cloud::{Cloud, Role},
        outcome::{Outcome, Response},
        plan::Target,
    },
};
use relight_sandbox::{
    self as sandbox, Config, Sandbox, credential::Credential, fleet::Fleet, fleet::State,
};

/// 2026-11-20T12:00:00Z.
const NOW_MS: i64 = 1_795_176_000_000;
const NONCE: &str = "0123456789abcdef0123456789abcdef";

/// In every region, for every kind of account.
fn probes(cloud: &'static Cloud) -> Vec<Probe> {
    let regions: Vec<&str> = match cloud.regions.known {
        [] => vec![""],
        known => known.iter().map(|region| region.id).collect(),
    };
    let places =
        cloud.sites.iter().flat_map(|site| regions.iter().map(move |region| (site, region)));
    places
        .map(|(site, region)| {
            let target = Target::new(cloud, Some(site.id), region).unwrap();
            let made = probe(&target, NOW_MS / 1_000, NONCE.to_owned(), Locale::En).unwrap();
            assert_eq!(made.batch.spec().target(), &target);
            made
        })
        .collect()
}

/// One id, that of nobody; nothing forced, nothing erased, and a rehearsal where there is one.
#[test]
fn it_asks_as_little_as_can_be_asked() {
    every_cloud(|cloud| {
        for Probe { batch, request } in probes(cloud) {
            let [id] = batch.ids() else { panic!("{:?}", batch.ids()) };
            let tail = id.as_str().rsplit('-').next().unwrap();
            assert!(tail.len() >= 8 && tail.bytes().all(|byte| byte == b'0'), "{id:?}");
            let spec = batch.spec();
            assert!(!spec.is_forced() && !spec.erases());
            let rehearses = spec.operation().parameter_for(Role::DryRun).is_some();
            assert_eq!(spec.is_dry_run(), rehearses, "{cloud:?}");
            // Proxies know a change by its action, in a header that is signed.
            let action = request.headers().iter().find(|(name, _)| name.ends_with("-action"));
            assert_eq!(action.unwrap().1, spec.operation().name);
        }
    });
}

/// The key says whose it is, has the shape of the cloud's, and is the same for everybody: nothing that
/// somebody has entered is in the request.
#[test]
fn it_is_signed_with_a_key_that_no_cloud_knows() {
    every_cloud(|cloud| {
        let (key_id, secret) = made_up_key(cloud);
        let shape = &cloud.credential.key_id;
        assert!(key_id.contains("RelightDoctor"));
        assert!(
            shape.prefixes.is_empty() || shape.prefixes.iter().any(|one| key_id.starts_with(one))
        );
        assert!((shape.usual_length.0..=shape.usual_length.1).contains(&key_id.len()), "{key_id}");
        for Probe { batch, request } in probes(cloud) {
            assert!(request.authorization().unwrap().contains(&key_id));
            assert!(!request.headers().iter().any(|(name, _)| name.contains("token")));
            // The signature is this secret's and no other's.
            let signer = relight_core::signing::Signer {
                key_id: key_id.clone(),
                token: None,
                unix_seconds: NOW_MS / 1_000,
                nonce: NONCE.to_owned(),
                sign_action: true,
                locale: Locale::En,
            };
            let again = clouds::protocol(cloud)
                .prepare(&clouds::request(&batch), &signer)
                .finish_with(&secret);
            assert_eq!(again.authorization(), request.authorization());
            assert_eq!(again.body(), request.body());
        }
    });
}

/// Even where there is an instance of that id, and a key of that id: it is refused for its signature.
#[test]
fn a_cloud_refuses_it_whatever_it_has() {
    every_cloud(|cloud| {
        for Probe { batch, request } in probes(cloud) {
            let name = cloud.id;
            let id = batch.ids()[0].as_str();
            let mut instance = Fleet::standard()
                .all()
                .iter()
                .find(|one| one.cloud.name() == name && one.state == State::Running)
                .cloned()
                .unwrap();
            id.clone_into(&mut instance.id);
            if !batch.spec().target().region.is_empty() {
                instance.region.clone_from(&batch.spec().target().region);
            }
            let of = instance.cloud;
            let fleet = Fleet::new(vec![instance]);
            let mut credentials = Credential::demo();
            for known in [false, true] {
                if known {
                    let (id, secret) = (made_up_key(cloud).0, "of-somebody-else".to_owned());
                    let (token, expires_at_s) = (None, None);
                    credentials.push(Credential { cloud: of, id, secret, token, expires_at_s });
                }
                let mut sandbox = Sandbox::new(Config {
                    fleet: fleet.clone(),
                    credentials: credentials.clone(),
                    ..Config::default()
                });
                let headers = request.headers().iter();
                let mut headers: Vec<_> =
                    headers.map(|(name, value)| (name.to_string(), value.to_string())).collect();
                headers.push(("Host".to_owned(), request.host().to_owned()));
                let raw = sandbox::Request {
                    method: request.method().to_owned(),
                    target: request.path_and_query(),
                    headers,
                    body: request.body().as_bytes().to_vec(),
                };
                let answer = sandbox.answer(&raw, NOW_MS).answer;
                let [call] = sandbox.calls() else { panic!("{:?}", sandbox.calls()) };
                assert!(!call.executed && call.ids == [id], "{call:?}");
                assert!(call.code.is_some() && call.signature != "ok", "{call:?}");
                let response = Response {
                    status: answer.status,
                    headers: answer.headers.clone(),
                    body: String::from_utf8(answer.body).unwrap(),
                };
                let decoded = clouds::decoder(cloud).decode(&batch, &response);
                assert_eq!(decoded.instances[0].outcome, Outcome::Rejected, "{}", response.body);
                let unmoved = sandbox.fleet().find(of, id).unwrap();
                assert_eq!(unmoved.state, State::Running);
            }
        }
    });
}
