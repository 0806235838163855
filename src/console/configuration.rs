//! The operator's configuration: read, and passed to what depends on it.

use crate::{
    console::{Console, Msg, events::report, key::read_saved_keys, uploads::upload_pending},
    services::{
        config::{Config, ConfigurationText, configuration},
        duplicate_guard, saved_form,
        vault::source::Source,
    },
    store::{Intent, Shared},
};
use relight_core::{
    diagnostics::CheckResult,
    form::Form,
    model::{cloud::Cloud, limits::Limits, route::Route},
    run::Event,
    session::Action,
};
use std::{rc::Rc, sync::Arc};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;
use yew::Context;

impl Console {
    /// The configuration was read, with its problems; the first time, what waited for it goes on.
    pub(super) fn configure(
        &mut self,
        ctx: &Context<Self>,
        config: Config,
        problem: Option<String>,
    ) -> bool {
        let first = !std::mem::replace(&mut self.configured, true);
        if first && let (Some(records), Some(journal)) = (&config.settings.records, &self.journal) {
            upload_pending(ctx, records, journal.clone());
        }
        let start = Rc::clone(&ctx.props().start);
        let session = self.view.session.make_mut();
        // Also what was filled in since the console is there; limits may change more.
        let typed = session.form().edits_from(Form::first());
        // A configuration that cannot be read may forbid anything: nothing is sent until it can be.
        let limits = match &problem {
            None => config.settings.limits(),
            Some(_) => Arc::new(Limits::nothing()),
        };
        self.allowed = Arc::clone(&limits);
        session.update(Action::Restrict(limits));
        if first {
            // What comes back does not mix with what was typed meanwhile.
            let reviews = start.intents.iter().any(|one| matches!(one, Intent::Review));
            let comes_back = typed.is_empty() && problem.is_none() && !reviews;
            let (preset, locked) = (&config.settings.preset, &config.settings.locked);
            if comes_back {
                saved_form::last_target(preset, &self.link).apply(session, locked);
            }
            for edit in config.settings.fills() {
                session.update(Action::Edit(edit));
            }
            if !self.link.is_empty() {
                let filled_in = self.link.apply(session, locked);
                self.view.link = Some(Rc::new(filled_in));
            }
            if comes_back {
                saved_form::take(ctx.props().host()).apply(session, locked);
            }
            // What a user has filled in has precedence over presets of the operator or a link, and is checked
            // against the limits.
            for edit in typed {
                session.update(Action::Edit(edit));
            }
        }
        if let Some(locale) = config.locale.filter(|_| !first || !start.is_locale_chosen) {
            session.update(Action::Locale(locale));
        }
        if let Some(problem) = &problem {
            report(ctx.props().host(), "configuration", problem);
        }
        let keys = &config.settings.credentials;
        self.auto_lock.set_limit(keys.lock_after_ms());
        self.vault.set_source(Source::of(ctx.props().host(), keys.url.as_deref()));
        self.vault.forbid_saving(keys.forbids_saving() || problem.is_some());
        read_saved_keys(ctx);
        self.view.unusable = problem.map(Rc::from);
        self.view.untrusted_parent.clone_from(&config.untrusted_parent);
        self.view.settings = Shared::new(config.settings.clone());
        self.config = config;
        self.choose_route();
        self.update_run_settings(ctx);
        for msg in std::mem::take(&mut self.deferred) {
            self.handle(ctx, msg);
        }
        true
    }

    /// Passes the operator's settings to the run.
    pub(super) fn update_run_settings(&mut self, ctx: &Context<Self>) {
        let runs = self.view.run.iter().chain(&self.view.background);
        let clouds: Vec<_> =
            runs.map(|run| (run.about().id.clone(), run.spec().target().cloud)).collect();
        for (run_id, cloud) in clouds {
            let limits = self.limits(cloud);
            let through_proxy = self.config.route_to(cloud) != Route::Direct;
            let settings = Event::Settings { limits, through_proxy };
            self.for_run(&run_id, |console| console.step(ctx, settings));
        }
    }

    /// The limits of a cloud, with what is known of its proxy now.
    fn limits(&self, cloud: &Cloud) -> Arc<Limits> {
        let once_proven = duplicate_guard::recall(&self.config.route_to(cloud)) == CheckResult::Yes;
        Arc::new(Limits { once_proven, ..(*self.allowed).clone() })
    }

    /// Clouds may have different proxies, of which different things are known.
    pub(super) fn choose_route(&mut self) {
        let cloud = match &self.view.run {
            Some(run) => run.spec().target().cloud,
            None => self.view.session.form().cloud(),
        };
        let route = self.config.route_to(cloud);
        self.view.refuses_duplicates = duplicate_guard::recall(&route);
        if *self.view.route != route {
            self.view.route = Shared::new(route);
        }
        let limits = self.limits(self.view.session.form().cloud());
        if *self.view.session.form().limits() != limits {
            self.view.session.make_mut().update(Action::Restrict(limits));
        }
    }

    /// Whether calls go through a proxy that must send `Proxy-Status`.
    pub(super) fn through_proxy(&self) -> bool {
        match *self.view.route {
            Route::Proxy { .. } => true,
            Route::Direct => false,
        }
    }

    /// Restores the operator's presets where a link has filled something in.
    pub(super) fn drop_link(&mut self, ctx: &Context<Self>) -> bool {
        let Some(link) = self.view.link.take() else { return false };
        for edit in link.undo(&self.view.session, &self.config.settings.preset) {
            self.update_session(ctx, Action::Edit(edit));
        }
        true
    }
}

/// Reads the configuration, and reports it as a message.
pub(super) fn read_configuration(ctx: &Context<Console>) {
    let host = ctx.props().host().clone();
    ctx.link().send_future(async move {
        let text = JsFuture::from(configuration(&host)).await;
        message_of(&host, text)
    });
}

/// The message for a configuration that was already read.
pub(super) fn configured(ctx: &Context<Console>, text: ConfigurationText) -> Msg {
    message_of(ctx.props().host(), text)
}

fn message_of(host: &HtmlElement, text: ConfigurationText) -> Msg {
    let (config, problem) = Config::of(host, text);
    Msg::Configured(Box::new(config), problem)
}
