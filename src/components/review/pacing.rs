//! Batch size and pacing: canary, pauses, and when to stop.

use crate::{
    components::common::dom::{checked_of, value_of},
    context::{use_dispatch, use_locale},
    i18n::message,
    store::Intent,
};
use relight_core::{form::FormEdit, i18n::Text, model::plan::Pacing};
use yew::{Event, Html, Properties, component, html};

/// Props of [`PacingSettings`].
#[derive(PartialEq, Properties)]
pub(crate) struct PacingSettingsProps {
    pub(crate) pacing: Pacing,
    /// Whether one instance goes first, by choice or because there are many.
    pub(crate) canary: bool,
    pub(crate) instances: usize,
    pub(crate) ids_max: usize,
}

/// The settings, collapsed except for the canary.
#[component]
pub(crate) fn PacingSettings(props: &PacingSettingsProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let t = |text: Text| text.in_locale(locale);
    let pacing = props.pacing;
    let set = |change: fn(&mut Pacing, &str)| {
        dispatch.reform(move |event: Event| {
            let mut pacing = pacing;
            change(&mut pacing, value_of(&event).trim());
            Intent::Edit(FormEdit::Pacing(pacing))
        })
    };
    let oncanary = dispatch.reform(move |event: Event| {
        Intent::Edit(FormEdit::Pacing(Pacing { canary: Some(checked_of(&event)), ..pacing }))
    });
    let number = |name: &'static str, text: Text, value: String, most: String, onchange| {
        html! {
            <label class="field beside">
                <span>{ t(text) }</span>
                <input {name} type="number" min="0" max={most} inputmode="numeric" autocomplete="off" {value} {onchange} />
            </label>
        }
    };
    html! {
        <>
            if props.instances > 1 {
                <label class="tick">
                    <input type="checkbox" name="canary" checked={props.canary} onchange={oncanary}
                        aria-describedby="canary-help" />
                    <span>
                        { t(message::CANARY) }
                        <span class="small muted" id="canary-help">{ t(message::CANARY_HELP) }</span>
                    </span>
                </label>
                <details class="bare pacing">
                    <summary class="small">{ t(message::PACING) }</summary>
                    <div class="stack">
                        { number("batchSize", message::BATCH_SIZE, words(pacing.size), props.ids_max.to_string(), set(|pacing, text| {
                            pacing.size = text.parse().ok().filter(|size| *size > 0);
                        })) }
                        { number("waveCalls", message::WAVE_CALLS, words(Some(pacing.wave_calls).filter(|calls| *calls > 0)), "1000".into(), set(|pacing, text| {
                            pacing.wave_calls = text.parse().unwrap_or(0);
                        })) }
                        { number("wavePauseSeconds", message::WAVE_PAUSE, words(Some(pacing.wave_pause_seconds).filter(|seconds| *seconds > 0)), "3600".into(), set(|pacing, text| {
                            pacing.wave_pause_seconds = text.parse().unwrap_or(0);
                        })) }
                        { number("stopAboveRefusedPercent", message::STOP_ABOVE, words(pacing.stop_above_refused_percent), "100".into(), set(|pacing, text| {
                            pacing.stop_above_refused_percent = text.parse().ok().filter(|percent| *percent <= 100);
                        })) }
                    </div>
                </details>
            }
        </>
    }
}

fn words<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
