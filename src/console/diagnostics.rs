//! The connection check.

use crate::{
    console::{
        Console, Msg,
        calls::{UnsignedCall, prepare, sign},
    },
    services::{clock, cloud_client::Abort, diagnostics, duplicate_guard},
    store::{Diagnostics, Shared},
};
use relight_core::{
    clouds::{self, Read},
    credential::check_key,
    diagnostics::{Check, findings, made_up_key, probe},
    form::SecretStatus,
    i18n::Locale,
    model::{plan::Target, route::Route},
    signing::{
        Signer,
        request::{Request, Signed},
    },
};
use wasm_bindgen_futures::spawn_local;
use yew::Context;

impl Console {
    /// Asks the cloud of the form for its regions, and checks the proxy. Only on a user's request, who has
    /// read what is sent: it includes a change that cannot succeed, and nothing is sent that was not
    /// shown.
    pub(super) fn run_diagnostics(&mut self, ctx: &Context<Self>) -> bool {
        if self.view.diagnostics.as_ref().is_some_and(|one| one.findings.is_none()) {
            return false;
        }
        let form = self.view.session.form();
        let cloud = form.cloud();
        let site = cloud.sites.iter().find(|site| site.id == form.site());
        let Some(site) = site.or(cloud.sites.first()) else { return false };
        // Without a valid region any other will do: all of them answer this.
        let known = cloud.regions.known.first().map_or("", |region| region.id);
        let target = Target::new(cloud, Some(site.id), form.region())
            .or_else(|_| Target::new(cloud, Some(site.id), known));
        let Ok(target) = target else { return false };
        let (vault, route) = (self.vault.clone(), (*self.view.route).clone());
        let is_one = check_key(cloud, form.key_id(), self.vault.guard()).is_ok();
        let has_key = self.view.key.secret == SecretStatus::Usable && is_one;
        let unsigned = UnsignedCall {
            cloud,
            key_id: form.key_id().to_owned(),
            request: clouds::protocol(cloud).read(&target, Read::Places, &[]),
            skew_seconds: 0,
        };
        let probe = clock::nonce().and_then(|nonce| {
            probe(&target, clock::unix_seconds(0), nonce, self.view.session.locale())
        });
        let mut diagnostics = Diagnostics {
            host: clouds::protocol(cloud).host(&target),
            has_key,
            route: route.clone(),
            findings: None,
        };
        self.view.diagnostics = Some(Shared::new(diagnostics.clone()));
        let locale = self.view.session.locale();
        let link = ctx.link().clone();
        spawn_local(async move {
            // If the key cannot sign, the checks that need no key are still made.
            let with_unknown_key = sign_with_unknown_key(&unsigned, locale, &route);
            let own =
                if has_key { sign(&vault, unsigned, locale, &route).await.ok() } else { None };
            diagnostics.has_key = own.is_some();
            let signed = own.map(|(signed, _)| signed).or(with_unknown_key);
            let evidence = match (signed, Abort::new()) {
                (Some(signed), Some(abort)) => {
                    let has_key = diagnostics.has_key;
                    Some(diagnostics::run_diagnostics(signed, has_key, probe, route, &abort).await)
                }
                (None, _) | (_, None) => None,
            };
            let findings = evidence.map(|evidence| findings(cloud, &evidence));
            diagnostics.findings = Some(findings.unwrap_or_default());
            link.send_message(Msg::DiagnosticsUpdated(diagnostics));
        });
        true
    }

    /// Shows the findings, and remembers whether the proxy refuses duplicates.
    pub(super) fn diagnostics_updated(
        &mut self,
        ctx: &Context<Self>,
        diagnostics: Diagnostics,
    ) -> bool {
        let once = diagnostics.findings.iter().flatten().find(|one| one.line == Check::Once);
        if let Some(once) = once {
            duplicate_guard::remember(&diagnostics.route, once.holds);
        }
        self.view.diagnostics = Some(Shared::new(diagnostics));
        self.choose_route();
        self.update_run_settings(ctx);
        true
    }
}

/// Signs with a key that no cloud knows.
fn sign_with_unknown_key(
    unsigned: &UnsignedCall,
    locale: Locale,
    route: &Route,
) -> Option<Request<Signed>> {
    let (key_id, secret) = made_up_key(unsigned.cloud);
    let signer = Signer {
        key_id,
        token: None,
        unix_seconds: clock::unix_seconds(0),
        nonce: clock::nonce()?,
        sign_action: true,
        locale,
    };
    prepare(unsigned, &signer, route).map(|prepared| prepared.finish_with(&secret))
}
