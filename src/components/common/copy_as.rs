//! Buttons that copy a request as a command line for other tools.

use crate::{
    components::common::copy::CopyButton,
    context::use_locale,
    i18n::{MessageArgs, OperationLabel, message},
};
use relight_core::{
    clouds,
    i18n::{Text, text},
    model::plan::Batch,
};
use yew::{Html, Properties, component, html};

/// Props of [`CopyAs`].
#[derive(PartialEq, Properties)]
pub(crate) struct CopyAsProps {
    pub(crate) batch: Batch,
    /// Whether it was sent, so that running the line would repeat it.
    pub(crate) sent: bool,
}

/// The buttons that copy a request, with what running the line does.
#[component]
pub(crate) fn CopyAs(props: &CopyAsProps) -> Html {
    let locale = use_locale();
    let own = clouds::command_line(&props.batch);
    let curl = clouds::curl(&props.batch);
    let copy = |tool, label: Text, line: String| {
        html! { <span data-copy-as={tool}><CopyButton text={line} {label} /></span> }
    };
    let note = MessageArgs::CopiedLine {
        tool: own.tool,
        label: OperationLabel::of(props.batch.spec()),
        sent: props.sent,
    };
    let omitted = own.omitted.as_deref();
    html! {
        <div class="stack tight">
            <div class="row" role="group" aria-label={message::COPY_AS.in_locale(locale)}>
                <span class="small" aria-hidden="true">{ message::COPY_AS.in_locale(locale) }</span>
                { copy(own.tool, text(own.tool, own.tool), own.line) }
                { copy(curl.tool, message::CURL_UNSIGNED, curl.line) }
            </div>
            <p class="small muted">
                { note.in_locale(locale) }
                if let Some(omitted) = omitted {
                    { MessageArgs::OmittedInLine { tool: own.tool, omitted }.in_locale(locale) }
                }
            </p>
        </div>
    }
}
