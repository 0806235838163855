//! The form: what to do, with which key, to which instances.

use crate::{
    components::{
        common::{
            dom::{commit_secrets, focus_in},
            icon::{Icon, icon},
        },
        form::{
            credential::{Credential, KeySlots},
            field_error::{FieldError, message_for},
            ids::{Ids, RenderFound},
            target::Target,
        },
    },
    context::{use_dispatch, use_locale},
    i18n::{FormMessage, message},
    services::frame::UntrustedParent,
    store::{Intent, KeyState},
};
use relight_core::{form::Form, model::cloud::Role};
use web_sys::Element;
use yew::{
    Callback, Html, KeyboardEvent, MouseEvent, Properties, SubmitEvent, TargetCast, classes,
    component, html, use_effect_with, use_node_ref,
};

/// Props of [`Compose`].
#[derive(PartialEq, Properties)]
pub(crate) struct ComposeProps {
    pub(crate) form: Form,
    /// In place of the first fields, and of those that one rarely needs, what only the console has.
    #[prop_or_default]
    pub(crate) target: Option<[Html; 2]>,
    /// Beside the title, what only the console has.
    #[prop_or_default]
    pub(crate) tools: Html,
    /// The refused field, and why. The field gets the focus whenever this is new.
    #[prop_or_default]
    pub(crate) refusal: Option<FieldError>,
    /// Whether the form has been submitted once.
    #[prop_or_default]
    pub(crate) reviewing: bool,
    /// Whether the part that comes next is being fetched.
    #[prop_or_default]
    pub(crate) opening: bool,
    /// Why it could not be fetched: the public name, and the message.
    #[prop_or_default]
    pub(crate) failed: Option<(&'static str, &'static str)>,
    /// Below the ids, what only the console has.
    #[prop_or_default]
    pub(crate) below_ids: Html,
    /// Renders what was found among the ids, once it is loaded.
    #[prop_or_default]
    pub(crate) ids_found: Option<RenderFound>,
    pub(crate) key_state: KeyState,
    /// The parts of the key section that only the console has.
    pub(crate) key_slots: KeySlots,
    pub(crate) untrusted_parent: Option<UntrustedParent>,
}

/// The form.
#[component]
pub(crate) fn Compose(props: &ComposeProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let form = &props.form;
    let node = use_node_ref();
    let problem = props.refusal.clone();
    use_effect_with(problem.clone(), {
        let node = node.clone();
        move |problem: &Option<FieldError>| {
            if let Some(error) = problem {
                focus_in(&node, selector(error.field));
            }
        }
    });
    let onsubmit = {
        let (node, dispatch) = (node.clone(), dispatch.clone());
        let field = problem.as_ref().map(|error| error.field);
        Callback::from(move |()| {
            commit_secrets(&node);
            // If the same rule is still broken, nothing changes on the page but the focus.
            if let Some(field) = field {
                focus_in(&node, selector(field));
            }
            dispatch.emit(Intent::Review);
        })
    };
    let onkeydown = {
        let onsubmit = onsubmit.clone();
        let ignore_key_repeat = ignore_key_repeat();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !event.repeat() {
                // The same as a click on the button, which sends nothing.
                event.prevent_default();
                onsubmit.emit(());
            } else {
                ignore_key_repeat.emit(event);
            }
        })
    };
    let onsubmit = onsubmit.reform(|event: SubmitEvent| event.prevent_default());
    let onadvanced = dispatch.reform(|_: MouseEvent| Intent::Advanced);
    let ready = form.parsed().ids.len();
    html! {
        <form class="panel compose" part="panel form" novalidate={true} aria-labelledby="h-what" ref={node.clone()} {onsubmit}
            {onkeydown}>
            <div class="head">
                <h2 id="h-what">{ message::WHAT_TO_DO.in_locale(locale) }</h2>
                <span class="grow"></span>
                { props.tools.clone() }
                <span class="small muted">{ message::STEP_ONE.in_locale(locale) }</span>
            </div>
            <div class="body">
                if let Some([target, _]) = &props.target {
                    { target.clone() }
                } else {
                    <Target form={form.clone()} problem={problem.clone()} />
                }
                <Ids cloud={form.cloud()} ids_text={form.ids_text().clone()} parsed={form.parsed().clone()} found={props.ids_found.clone()}
                    problem={message_for(problem.as_ref(), "instanceIds").map(ToOwned::to_owned)} />
                { props.below_ids.clone() }
                <Credential cloud={form.cloud()} key_id={form.key_id().to_owned()} slots={props.key_slots.clone()}
                    key_state={props.key_state.clone()} untrusted_parent={props.untrusted_parent.clone()} problem={problem.clone()} />
                if let Some([_, advanced]) = &props.target {
                    { advanced.clone() }
                } else if !form.operation().parameters.iter().all(|one| is_set_by_mode(one.role)) {
                    <details class="bare options" data-advanced="">
                        <summary onclick={onadvanced}>{ message::ADVANCED.in_locale(locale) }</summary>
                    </details>
                }
            </div>
            <div class="foot dock dock-compose">
                // Next to the pressed button, so that it is visible at any scroll position.
                if let Some((word, words)) = props.failed {
                    <div class="note bad whole-row" role="alert" data-start={word}>
                        { icon(Icon::Warning) }<p>{ words }</p>
                    </div>
                }
                <button type="submit" part="check" data-action="review"
                    aria-busy={props.opening.then_some("true")}
                    class={classes!("grow", if props.reviewing { "" } else { "primary" })}>
                    if props.opening {
                        { message::OPENING.in_locale(locale) }
                    } else {
                        { FormMessage::Check(ready).in_locale(locale) }
                    }
                </button>
            </div>
        </form>
    }
}

/// Whether a parameter needs no field.
const fn is_set_by_mode(role: Role) -> bool {
    match role {
        Role::Force | Role::Disused => true,
        Role::DryRun | Role::Batching | Role::Erase => false,
    }
}

/// A key that is held down does not press buttons repeatedly.
pub(crate) fn ignore_key_repeat() -> Callback<KeyboardEvent> {
    Callback::from(|event: KeyboardEvent| {
        if event.repeat() && event.key() == "Enter" {
            let target = event.target_dyn_into::<Element>();
            if target.is_none_or(|target| !target.tag_name().eq_ignore_ascii_case("textarea")) {
                event.prevent_default();
            }
        }
    })
}

fn selector(field: &str) -> &'static str {
    match field {
        "operation" => "[name=operation]",
        "instanceIds" => "[name=instanceIds]",
        "region" => "[name=region]",
        "site" => "[name=site]",
        "dryRun" => "[name=dryRun]",
        "batching" => "[name=batching]:checked",
        "erase" => "[name=erase]",
        "keyId" => "[name=keyId]",
        "secret" => "[name=secret]",
        "token" => "[name=token]",
        _ => "[name=mode]:checked",
    }
}
