//! The way to another place of the page: a link where places have addresses, else a button.

use crate::routes::PageRoute;
use yew::{Callback, Html, Properties, classes, component, hook, html, use_context};

/// How places are gone to. A context: whatever stands on the page may lead somewhere.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Navigation {
    /// Whether the page goes by its address: a place then has one of its own.
    pub(crate) routed: bool,
    pub(crate) on_navigate: Callback<PageRoute>,
}

/// How places are gone to.
#[hook]
pub(crate) fn use_navigation() -> Navigation {
    use_context::<Navigation>().unwrap_or_default()
}

#[derive(PartialEq, Properties)]
pub(crate) struct PageLinkProps {
    pub(crate) to: PageRoute,
    pub(crate) class: &'static str,
    /// The public name.
    pub(crate) action: &'static str,
    #[prop_or_default]
    pub(crate) is_here: bool,
    pub(crate) children: Html,
}

/// The way to a place.
#[component]
pub(crate) fn PageLink(props: &PageLinkProps) -> Html {
    let PageLinkProps { to, class, action, is_here, children } = props;
    let navigation = use_navigation();
    let kind = classes!("go", *class);
    let current = is_here.then_some("true");
    if navigation.routed {
        html! {
            <a class={kind} href={to.hash()} data-action={*action} aria-current={current}>
                { children.clone() }
            </a>
        }
    } else {
        let to = to.clone();
        let onclick = navigation.on_navigate.reform(move |_| to.clone());
        html! {
            <button type="button" class={kind} data-action={*action} aria-current={current} {onclick}>
                { children.clone() }
            </button>
        }
    }
}
