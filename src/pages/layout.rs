//! The whole console: header, navigation and pages.

use crate::{
    components::{
        common::{
            connection::ConnectionDot,
            dom,
            header::{self, Header},
            page_link::{Navigation, PageLink},
            shortcuts::Shortcuts,
            untrusted_text::untrusted_text,
        },
        review::notices::NoJournal,
        run::{background::BackgroundRuns, headline::headline, notify::use_notifications},
    },
    context::use_locale,
    i18n::message,
    pages::{
        diagnostics::DiagnosticsPage,
        errors::ErrorsPage,
        explain::ExplainPage,
        history::HistoryPage,
        restart_start::{RestartStartPage, notices, step},
    },
    routes::{IndexFilter, PageRoute, Screen},
    store::View,
};
use gloo_events::EventListener;
use relight_core::{
    config::{Brand, Lockable, Theme},
    i18n::Locale,
    model::route::Route,
    run::RunStatus,
};
use std::mem::discriminant;
use yew::{
    Callback, ContextProvider, Html, NodeRef, Properties, UseStateHandle, component, hook, html,
    use_callback, use_effect_with, use_mut_ref, use_node_ref, use_state_eq,
};

/// Props of [`Layout`].
#[derive(Properties, PartialEq)]
pub(crate) struct LayoutProps {
    /// The view.
    pub view: View,
    /// The initial route.
    pub page_route: PageRoute,
    /// Whether the page is routed: its address is the console's own.
    pub routed: bool,
    /// Whether the page has simulated clouds.
    pub has_demo: bool,
}

/// The whole console.
#[component]
pub(crate) fn Layout(props: &LayoutProps) -> Html {
    let (page_route, on_navigate) = use_routing(&props.page_route, props.routed);
    let main = use_node_ref();
    let view = &props.view;
    let locale = use_locale();
    let routed = props.routed;
    // A run in the background has the headline while no other is shown.
    let run = view
        .run
        .as_ref()
        .or_else(|| view.background.iter().find(|run| run.status() != RunStatus::Finished));
    let progress = run.map(|run| headline(run, locale));
    let notify = use_state_eq(|| false);
    use_notifications(view, *notify);
    use_page_name(routed, &page_route, locale, progress.clone());
    let step = step(view);
    use_refocus(step, &main);
    let top = use_node_ref();
    use_to_top(&page_route, step, &top);
    let on_screen = on_navigate.reform(PageRoute::from);
    let navigation = Navigation { routed, on_navigate };
    let screen = page_route.screen();
    let index = use_index_filter(&page_route);
    let onskip = {
        let main = main.clone();
        Callback::from(move |_| dom::focus(&main))
    };
    html! {
        <ContextProvider<Navigation> context={navigation}>
            <div class="relight" ref={top} lang={locale.tag()} data-theme={view.settings.theme.map(Theme::word)}>
                <button type="button" class="skip" onclick={onskip}>
                    { message::SKIP_TO_CONTENT.in_locale(locale) }
                </button>
                <Header {screen} route={(*view.route).clone()} key_id={view.session.form().key_id().to_owned()}
                    status={view.key.secret} brand={brand(&view.settings.brand, locale)}
                    language_locked={view.settings.locked.contains(&Lockable::Language)} may_lock={true}
                    runs={view.saved_runs.as_ref().map_or(0, |runs| runs.len())}
                    progress={run_link(view, progress)} connection={connection_dot(view, screen, &on_screen)} on_screen={on_screen.clone()} />
                <BackgroundRuns runs={view.background.clone()}
                    is_free={view.run.as_ref().is_none_or(|run| run.status() != RunStatus::Sending)} />
                // A hidden page stays mounted, so that nothing typed is lost.
                <div hidden={*page_route != PageRoute::RestartStart}>
                    <RestartStartPage view={view.clone()} main={&main} has_demo={props.has_demo} {notify} />
                </div>
                if *page_route == PageRoute::History {
                    <main class="alone" tabindex="-1">
                        { notices(view) }
                        if view.no_journal.is_some() { <NoJournal /> }
                        <HistoryPage saved_runs={view.saved_runs.clone()} background={view.background.iter().map(|run| run.about().id.clone()).collect::<Vec<_>>()}
                            current={view.run.as_ref().map(|run| run.about().id.clone())}
                            is_free={view.run.as_ref().is_none_or(|run| run.can_close())} />
                    </main>
                }
                <div hidden={*page_route != PageRoute::Explain}>
                    <main class="alone" tabindex="-1">
                        <ExplainPage />
                    </main>
                </div>
                if *page_route == PageRoute::Diagnostics {
                    <main class="alone" tabindex="-1">
                        <DiagnosticsPage route={header::route_name(&view.route, locale)} diagnostics={view.diagnostics.clone()} />
                    </main>
                }
                if let Some(shown) = index {
                    <div hidden={!matches!(*page_route, PageRoute::Errors(_))}>
                        <main class="alone" tabindex="-1">
                            <ErrorsPage {shown} />
                        </main>
                    </div>
                }
                <Shortcuts {routed} />
            </div>
        </ContextProvider<Navigation>>
    }
}

/// The route of the page, and a callback that changes it: it follows the address where the page is routed.
#[hook]
fn use_routing(
    initial: &PageRoute,
    routed: bool,
) -> (UseStateHandle<PageRoute>, Callback<PageRoute>) {
    let page_route = use_state_eq(|| initial.clone());
    {
        let page_route = page_route.clone();
        use_effect_with(routed, move |routed| {
            let listener = routed.then(|| follow_address(&page_route));
            move || drop(listener)
        });
    }
    let on_navigate = {
        let page_route = page_route.setter();
        use_callback(routed, move |to: PageRoute, routed| {
            if *routed {
                dom::set_hash(&to.hash());
            }
            page_route.set(to);
        })
    };
    (page_route, on_navigate)
}

/// What the index of errors shows, or has shown last: once it was opened it stays mounted, with its search
/// text.
#[hook]
fn use_index_filter(page_route: &PageRoute) -> Option<IndexFilter> {
    let last = use_state_eq(|| None::<IndexFilter>);
    let filter = match page_route {
        PageRoute::Errors(filter) => Some(filter.clone()),
        PageRoute::RestartStart
        | PageRoute::Explain
        | PageRoute::Diagnostics
        | PageRoute::History => (*last).clone(),
    };
    use_effect_with(filter.clone(), move |filter| last.set(filter.clone()));
    filter
}

/// Names the page in the tab's title, with the progress of a run.
#[hook]
fn use_page_name(
    routed: bool,
    page_route: &UseStateHandle<PageRoute>,
    locale: Locale,
    progress: Option<String>,
) {
    let named = (routed, (**page_route).clone(), locale, progress);
    use_effect_with(named, |(routed, page_route, locale, progress)| {
        if *routed {
            name_page(page_route, *locale, progress.as_deref());
        }
    });
}

/// Back in the form, focuses what led away from it: the focused element was unmounted with its page, and
/// keyboard users should not start at the top.
#[hook]
fn use_refocus(step: &'static str, main: &NodeRef) {
    let before = use_mut_ref(|| step);
    let main = main.clone();
    use_effect_with(step, move |step| match (before.replace(*step), *step) {
        ("looking" | "review", "compose") => dom::refocus(&main, Some("[data-action=review]")),
        ("run", "compose") => dom::refocus(&main, None),
        _ => {}
    });
}

/// Scrolls to the top of another page or step. Not between codes of the index, which are read next to its
/// list, nor back in the form.
#[hook]
fn use_to_top(page_route: &UseStateHandle<PageRoute>, step: &'static str, top: &NodeRef) {
    let screen = (discriminant(&**page_route), step);
    let before = use_mut_ref(|| screen);
    let top = top.clone();
    use_effect_with(screen, move |screen| {
        let (page, step) = before.replace(*screen);
        let is_back =
            page == screen.0 && matches!((step, screen.1), ("looking" | "review", "compose"));
        if (page, step) != *screen && !is_back {
            dom::to_top(&top);
        }
    });
}

/// Follows the address of the page, now and whenever it changes.
fn follow_address(page_route: &UseStateHandle<PageRoute>) -> Option<EventListener> {
    let window = web_sys::window()?;
    if PageRoute::of_hash(&dom::hash()) != **page_route {
        dom::set_hash(&page_route.hash());
    }
    let page_route = page_route.setter();
    Some(EventListener::new(&window, "hashchange", move |_| {
        page_route.set(PageRoute::of_hash(&dom::hash()));
    }))
}

/// The progress of the run, as a link to it.
fn run_link(view: &View, progress: Option<String>) -> Html {
    let Some(progress) = progress.filter(|_| view.run.is_some()) else { return Html::default() };
    html! {
        <PageLink to={PageRoute::RestartStart} class="pill run-link" action="run">{ progress }</PageLink>
    }
}

/// What is known of the proxy, if there is one.
fn connection_dot(view: &View, screen: Screen, on_screen: &Callback<Screen>) -> Option<Html> {
    if *view.route == Route::Direct {
        return None;
    }
    let onclick = on_screen.reform(|_| Screen::Diagnostics);
    Some(html! {
        <ConnectionDot route={(*view.route).clone()} connection={view.connection}
            is_current={screen == Screen::Diagnostics} {onclick} />
    })
}

/// Sets the document title, for the browser's history and for screen readers.
fn name_page(page_route: &PageRoute, locale: Locale, progress: Option<&str>) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let shown = match page_route {
        PageRoute::RestartStart => None,
        PageRoute::Explain => Some(message::EXPLAIN_TITLE.in_locale(locale)),
        PageRoute::Diagnostics => Some(message::DIAGNOSTICS_TITLE.in_locale(locale)),
        PageRoute::History => Some(message::SAVED_RUNS.in_locale(locale)),
        PageRoute::Errors(IndexFilter { code: Some(code), .. }) => Some(code.as_str()),
        PageRoute::Errors(IndexFilter { code: None, .. }) => {
            Some(message::INDEX_TITLE.in_locale(locale))
        }
    };
    let parts = [progress, shown, Some("Relight")];
    document.set_title(&parts.into_iter().flatten().collect::<Vec<_>>().join(" · "));
    if let Some(root) = document.document_element() {
        // Every attribute of this name is valid.
        let _ = root.set_attribute("lang", locale.tag());
    }
}

/// The operator's brand, if set.
fn brand(brand: &Brand, locale: Locale) -> Option<Html> {
    (brand.title.is_some() || brand.logo.is_some()).then(|| {
        let title = brand.title.as_ref().map_or("Relight", |title| title.in_locale(locale));
        html! {
            <>
                if let Some(logo) = &brand.logo {
                    <img src={logo.clone()} alt="" class="mark" />
                }
                <span>{ untrusted_text(title) }</span>
            </>
        }
    })
}
