//! An opt-in notification and sound when a run ends or waits for the user. Failures are ignored.

use crate::{components::run::headline::headline, context::use_locale, i18n::page, store::View};
use js_sys::{Array, Function, Object, Reflect};
use relight_core::{
    i18n::Locale,
    run::{Pause, Run, RunStatus},
};
use std::collections::HashMap;
use wasm_bindgen::{JsCast, JsValue};
use yew::{
    Callback, Event, Html, Properties, UseStateHandle, component, hook, html, use_effect_with,
    use_mut_ref,
};

/// How loud and how long the sound is.
const VOLUME: f64 = 0.1;
const SECONDS: f64 = 0.25;

#[derive(PartialEq, Properties)]
pub(crate) struct NotifyProps {
    pub(crate) asked: UseStateHandle<bool>,
}

/// The checkbox for it. The browser's permission is requested when it is checked, not before.
#[component]
pub(crate) fn Notify(props: &NotifyProps) -> Html {
    let locale = use_locale();
    let asked = &props.asked;
    let onchange = {
        let asked = asked.clone();
        Callback::from(move |_: Event| {
            if !*asked {
                // If it is refused, the sound remains.
                let _ = class("Notification")
                    .and_then(|class| call(&class, "requestPermission", &Array::new()));
            }
            asked.set(!*asked);
        })
    };
    html! {
        <label class="tick small">
            <input type="checkbox" name="notify" checked={**asked} {onchange} />
            <span>{ page::NOTIFY.in_locale(locale) }</span>
        </label>
    }
}

/// Notifies when a run, shown or in the background, ends or waits for the user.
#[hook]
pub(crate) fn use_notifications(view: &View, asked: bool) {
    let locale = use_locale();
    let runs = || view.run.iter().chain(&view.background);
    let idle: Vec<(String, bool)> =
        runs().map(|run| (run.about().id.clone(), is_idle(run.status()))).collect();
    let texts: HashMap<String, String> = if asked {
        runs().map(|run| (run.about().id.clone(), text(run, locale))).collect()
    } else {
        HashMap::new()
    };
    let before = use_mut_ref(HashMap::<String, bool>::new);
    use_effect_with(idle, move |idle| {
        let now: HashMap<_, _> = idle.iter().cloned().collect();
        let before = before.replace(now);
        for (id, is_idle) in idle {
            if *is_idle
                && before.get(id) == Some(&false)
                && let Some(text) = texts.get(id)
            {
                notify(id, text);
            }
        }
    });
}

/// Whether the run waits for the user, or is over.
fn is_idle(status: RunStatus) -> bool {
    match status {
        // The user has just opened a restored one, and a stopped one is still watched.
        RunStatus::Paused(Pause::Restored)
        | RunStatus::Sending
        | RunStatus::Watching
        | RunStatus::Stopped => false,
        RunStatus::Paused(_) | RunStatus::Finished => true,
    }
}

fn text(run: &Run, locale: Locale) -> String {
    let target = run.spec().target();
    let place = [target.cloud.name.in_locale(locale), &target.region];
    let place = place.into_iter().filter(|one| !one.is_empty()).collect::<Vec<_>>().join(" · ");
    format!("{}\n{place}", headline(run, locale))
}

fn notify(id: &str, text: &str) {
    // Either may be missing, or throw.
    let _ = show(id, text);
    let _ = sound();
}

fn show(id: &str, text: &str) -> Option<()> {
    let class = class("Notification")?;
    if get(&class, "permission")? != "granted" {
        return None;
    }
    let options = Object::new();
    Reflect::set(&options, &"body".into(), &text.into()).ok()?;
    Reflect::set(&options, &"tag".into(), &id.into()).ok()?;
    Reflect::construct(&class, &Array::of2(&"Relight".into(), &options)).ok().map(drop)
}

fn sound() -> Option<()> {
    let context = Reflect::construct(&class("AudioContext")?, &Array::new()).ok()?;
    let oscillator = call(&context, "createOscillator", &Array::new())?;
    let gain = call(&context, "createGain", &Array::new())?;
    Reflect::set(&get(&gain, "gain")?, &"value".into(), &VOLUME.into()).ok()?;
    call(&oscillator, "connect", &Array::of1(&gain))?;
    call(&gain, "connect", &Array::of1(&get(&context, "destination")?))?;
    call(&oscillator, "start", &Array::new())?;
    let end = get(&context, "currentTime")?.as_f64()? + SECONDS;
    call(&oscillator, "stop", &Array::of1(&end.into())).map(drop)
}

fn class(name: &str) -> Option<Function> {
    get(&js_sys::global(), name)?.dyn_into().ok()
}

fn get(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok()
}

fn call(of: &JsValue, method: &str, arguments: &Array) -> Option<JsValue> {
    get(of, method)?.dyn_into::<Function>().ok()?.apply(of, arguments).ok()
}
