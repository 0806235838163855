//! Icons. Each is next to a word, so none needs a label.

use yew::{Html, html};

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Check,
    Ring,
    Half,
    Cross,
    Question,
    Dash,
    Warning,
    Key,
    Lock,
    Pause,
    Copy,
}

/// Renders an icon, hidden from screen readers.
pub(crate) fn icon(icon: Icon) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d={outline(icon)} />
        </svg>
    }
}

/// The logo.
pub(crate) fn mark() -> Html {
    html! {
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M9 6.4a7.4 7.4 0 1 0 6 0M12 3v8" />
        </svg>
    }
}

const fn outline(icon: Icon) -> &'static str {
    match icon {
        Icon::Check => "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M5 8.2l2.1 2.1L11 6.2",
        Icon::Ring => "M10.5 2a6.5 6.5 0 1 1-5 0",
        Icon::Half => {
            "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M8 2v12M6.2 3v10M4.4 4.2v7.6M3 6v4"
        }
        Icon::Cross => {
            "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6"
        }
        Icon::Question => {
            "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M6 6.4a2 2 0 1 1 2.6 1.9c-.5.2-.6.5-.6.9M8 11.3v.3"
        }
        Icon::Dash => "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M5 8h6",
        Icon::Warning => "M8 2 15 14H1ZM8 6.5v3.4M8 11.8v.3",
        Icon::Key => "M5.5 6.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4M8 7.8l5.2-5.3M11 4.8l2 2",
        Icon::Lock => "M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
        Icon::Pause => "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M6.4 5.5v5M9.6 5.5v5",
        Icon::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
    }
}
