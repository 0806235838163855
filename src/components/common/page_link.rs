//! Navigation inside the page: a link where routes have addresses, else a button.

use crate::routes::PageRoute;
use yew::{Callback, Html, Properties, classes, component, hook, html, use_context};

/// How to navigate. Provided as a context, since any component may link to a route.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Navigation {
    /// Whether the page is routed: each route then has an address.
    pub(crate) routed: bool,
    pub(crate) on_navigate: Callback<PageRoute>,
}

/// How to navigate.
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

/// A link to a route.
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
