//! The way to the cloud, looked at for the doctor.

use super::{
    Console, Msg,
    calls::{Paper, prepare, sign},
};
use crate::{
    clock, diagnostics, duplicate_guard,
    fetch::Abort,
    store::{Examination, Shared},
};
use relight_core::{
    cloud::Read,
    credential::check_key,
    diagnostics::{Line, judge, made_up_key, probe},
    form::Held,
    i18n::Locale,
    plan::Target,
    request::{Request, Route, Signed},
    sign::Signer,
};
use wasm_bindgen_futures::spawn_local;
use yew::Context;

impl Console {
    /// Asks the cloud of the form for its regions, and the proxy what the doctor wants to know. Only
    /// because a person has asked for it, having read what is sent: it sends a change, if one that can
    /// do nothing, and nothing leaves that was not shown.
    pub(super) fn examine(&mut self, ctx: &Context<Self>) -> bool {
        if self.view.examination.as_ref().is_some_and(|one| one.findings.is_none()) {
            return false;
        }
        let form = self.view.session.form();
        let cloud = form.cloud();
        let site = cloud.manifest().sites.iter().find(|site| site.id == form.site());
        let Some(site) = site.or(cloud.manifest().sites.first()) else { return false };
        // Where none is chosen, or what is none, any will do: all of them know the list.
        let known = cloud.manifest().regions.known.first().map_or("", |region| region.id);
        let target = Target::new(cloud, Some(site.id), form.region())
            .or_else(|_| Target::new(cloud, Some(site.id), known));
        let Ok(target) = target else { return false };
        let (vault, route) = (self.vault.clone(), (*self.view.route).clone());
        let is_one = check_key(cloud, form.key_id(), self.vault.guard()).is_ok();
        let has_key = self.view.key.secret == Held::Usable && is_one;
        let paper = Paper {
            cloud,
            key_id: form.key_id().to_owned(),
            request: cloud.read(&target, Read::Places, &[]),
            skew_seconds: 0,
        };
        let probe = clock::nonce().and_then(|nonce| {
            probe(&target, clock::unix_seconds(0), nonce, self.view.session.locale())
        });
        let mut examination = Examination {
            host: cloud.host(&target),
            has_key,
            route: route.clone(),
            findings: None,
        };
        self.view.examination = Some(Shared::new(examination.clone()));
        let locale = self.view.session.locale();
        let link = ctx.link().clone();
        spawn_local(async move {
            // Where the key cannot sign after all, what needs none is found out.
            let nobodys = sign_for_nobody(&paper, locale, &route);
            let own = if has_key { sign(&vault, paper, locale, &route).await.ok() } else { None };
            examination.has_key = own.is_some();
            let signed = own.map(|(signed, _)| signed).or(nobodys);
            let evidence = match (signed, Abort::new()) {
                (Some(signed), Some(abort)) => {
                    let has_key = examination.has_key;
                    Some(diagnostics::examine(signed, has_key, probe, route, &abort).await)
                }
                (None, _) | (_, None) => None,
            };
            let findings = evidence.map(|evidence| judge(cloud, &evidence));
            examination.findings = Some(findings.unwrap_or_default());
            link.send_message(Msg::Examined(examination));
        });
        true
    }

    /// Shows what the doctor has found, and remembers whether the proxy refuses second copies.
    pub(super) fn examined(&mut self, ctx: &Context<Self>, examination: Examination) -> bool {
        let once = examination.findings.iter().flatten().find(|one| one.line == Line::Once);
        if let Some(once) = once {
            duplicate_guard::remember(&examination.route, once.holds);
        }
        self.view.examination = Some(Shared::new(examination));
        self.choose_route();
        self.tell_run(ctx);
        true
    }
}

/// Signs with a key that no cloud knows.
fn sign_for_nobody(paper: &Paper, locale: Locale, route: &Route) -> Option<Request<Signed>> {
    let (key_id, secret) = made_up_key(paper.cloud);
    let signer = Signer {
        key_id,
        token: None,
        unix_seconds: clock::unix_seconds(0),
        nonce: clock::nonce()?,
        sign_action: true,
        locale,
    };
    prepare(paper, &signer, route).map(|prepared| prepared.finish_with(&secret))
}
