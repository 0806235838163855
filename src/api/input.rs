//! Reading what the caller gives. Each value is checked when it is read, and a refusal names it.

use super::error::Failure;
use relight_core::{
    answer::Response,
    cloud::{self, Cloud},
    ids::{IdProblem, IdProblemKind, InstanceId, parse_ids},
    plan::{self, Batch},
    words::Locale,
};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::{borrow::Cow, collections::HashSet, fmt};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// The objects that the functions take. A getter is one crossing, without a text for the name.
    pub(super) type Fields;

    #[wasm_bindgen(method, getter)]
    pub(super) fn cloud(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn locale(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn operation(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn site(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn region(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = instanceIds)]
    pub(super) fn instance_ids(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn options(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = batchSize)]
    pub(super) fn batch_size(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn status(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn headers(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn body(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn algorithm(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = accessKeyId)]
    pub(super) fn access_key_id(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn secret(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn token(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn method(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn host(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn path(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn query(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn form(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = signedHeaders)]
    pub(super) fn signed_headers(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = lowercasedValues)]
    pub(super) fn lowercased_values(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn timestamp(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn nonce(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn service(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = unsignedPayload)]
    pub(super) fn unsigned_payload(this: &Fields) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = signAction)]
    pub(super) fn sign_action(this: &Fields) -> JsValue;
}

/// The fields of an object.
pub(super) fn fields<'a>(value: &'a JsValue, name: &str) -> Result<&'a Fields, Failure> {
    if !value.is_object() {
        return Err(Failure::argument(format!("`{name}` must be an object.")));
    }
    Ok(value.unchecked_ref())
}

/// A text.
pub(super) fn text(value: &JsValue, name: &str) -> Result<String, Failure> {
    value.as_string().ok_or_else(|| {
        let found = if is_absent(value) { "is missing" } else { "must be text" };
        Failure::argument(format!("`{name}` {found}."))
    })
}

/// A text, or nothing.
pub(super) fn optional_text(value: &JsValue, name: &str) -> Result<Option<String>, Failure> {
    if is_absent(value) { Ok(None) } else { text(value, name).map(Some) }
}

/// `true` or `false`, or nothing.
pub(super) fn optional_flag(value: &JsValue, name: &str) -> Result<Option<bool>, Failure> {
    match value.as_bool() {
        None if !is_absent(value) => {
            Err(Failure::argument(format!("`{name}` must be true or false.")))
        }
        flag => Ok(flag),
    }
}

/// An object whose values are texts, in its order. Nothing is the same as an empty one.
pub(super) fn texts_by_name(value: &JsValue, name: &str) -> Result<Vec<(String, String)>, Failure> {
    if is_absent(value) {
        return Ok(Vec::new());
    }
    let wrong = || Failure::argument(format!("`{name}` must be an object of texts."));
    let json = json(value).ok_or_else(wrong)?;
    serde_json::from_str::<Pairs<String>>(&json).map(|pairs| pairs.0).map_err(|_| wrong())
}

/// An array of texts. Nothing is the same as an empty one.
pub(super) fn texts(value: &JsValue, name: &str) -> Result<Vec<String>, Failure> {
    if is_absent(value) {
        return Ok(Vec::new());
    }
    let wrong = || Failure::argument(format!("`{name}` must be an array of texts."));
    let json = json(value).ok_or_else(wrong)?;
    serde_json::from_str(&json).map_err(|_| wrong())
}

/// True for `undefined` and `null`.
pub(super) fn is_absent(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

/// What texts are read with.
pub(super) struct Options {
    /// The cloud that is meant, if it is known.
    pub(super) cloud: Option<&'static dyn Cloud>,
    /// The operation that is meant, by the cloud's own name.
    pub(super) operation: Option<String>,
    /// The language of messages.
    pub(super) locale: Locale,
}

impl Options {
    pub(super) fn read(value: &JsValue) -> Result<Self, Failure> {
        if is_absent(value) {
            return Ok(Options { cloud: None, operation: None, locale: Locale::default() });
        }
        let fields = fields(value, "options")?;
        let cloud = fields.cloud();
        Ok(Options {
            cloud: if is_absent(&cloud) { None } else { Some(read_cloud(&cloud)?) },
            operation: optional_text(&fields.operation(), "operation")?,
            locale: read_locale(fields)?,
        })
    }
}

/// A job, and what stood among its ids.
pub(super) struct Job {
    pub(super) job: plan::Job,
    pub(super) problems: Vec<IdProblem>,
    pub(super) batch_size: Option<usize>,
    pub(super) locale: Locale,
}

impl Job {
    pub(super) fn read(value: &JsValue) -> Result<Self, Failure> {
        let fields = fields(value, "job")?;
        let cloud = read_cloud(&fields.cloud())?;
        let (ids, problems) = read_ids(&fields.instance_ids(), cloud)?;
        Ok(Job {
            job: plan::Job {
                cloud,
                site: optional_text(&fields.site(), "site")?,
                region: optional_text(&fields.region(), "region")?.unwrap_or_default(),
                operation: text(&fields.operation(), "operation")?,
                ids,
                options: read_options(&fields.options())?,
            },
            problems,
            batch_size: whole(&fields.batch_size(), "batchSize")?,
            locale: read_locale(fields)?,
        })
    }

    /// The one batch of a job whose ids must all be good.
    pub(super) fn into_batch(self) -> Result<Batch, Failure> {
        if let Some(problem) = self.problems.first() {
            return Err(Failure::argument(format!(
                "`instanceIds`: {}",
                problem.sentence(self.locale)
            )));
        }
        let plan = plan::plan(&self.job, None)
            .map_err(|refusal| Failure::refused(&refusal, self.locale))?;
        let (most, given) = (plan.order.operation().ids_max, plan.instances());
        let mut batches = plan.batches.into_iter();
        match (batches.next(), batches.next()) {
            (Some(batch), None) => Ok(batch),
            _ => Err(Failure::argument(format!(
                "`instanceIds`: one call takes at most {most}; {given} are given."
            ))),
        }
    }
}

/// An answer and the call that it answers.
pub(super) struct Reply {
    pub(super) batch: Batch,
    pub(super) response: Response,
}

impl Reply {
    pub(super) fn read(value: &JsValue) -> Result<Self, Failure> {
        let fields = fields(value, "reply")?;
        let mut job = Job::read(value)?;
        let regions = &job.job.cloud.manifest().regions;
        if regions.required && job.job.region.is_empty() {
            // An answer reads alike in every region.
            job.job.region =
                regions.known.first().map(|region| region.id.to_owned()).unwrap_or_default();
        }
        let Some(status) =
            whole(&fields.status(), "status")?.and_then(|status| u16::try_from(status).ok())
        else {
            return Err(Failure::argument("`status` must be an HTTP status."));
        };
        let headers = texts_by_name(&fields.headers(), "headers")?;
        let body = text(&fields.body(), "body")?;
        Ok(Reply {
            batch: job.into_batch()?,
            response: Response {
                status,
                headers: headers
                    .into_iter()
                    .map(|(name, value)| (name.to_ascii_lowercase(), value))
                    .collect(),
                body,
            },
        })
    }
}

/// The cloud of this id.
pub(super) fn read_cloud(value: &JsValue) -> Result<&'static dyn Cloud, Failure> {
    let id = text(value, "cloud")?;
    cloud::by_id(&id).ok_or_else(|| {
        let known: Vec<_> = cloud::ALL.iter().map(|cloud| cloud.manifest().id).collect();
        Failure::argument(format!("`cloud` must be one of: {}.", known.join(", ")))
    })
}

/// The language that is asked for.
pub(super) fn read_locale(fields: &Fields) -> Result<Locale, Failure> {
    let tag = optional_text(&fields.locale(), "locale")?;
    Ok(tag.map_or_else(Locale::default, |tag| Locale::from_tag(&tag)))
}

/// Ids as a text or as an array. Each element of an array is taken by itself, so that none of them
/// passes for the heading of another; a number is refused, since it may have been rounded.
fn read_ids(
    value: &JsValue,
    cloud: &'static dyn Cloud,
) -> Result<(Vec<InstanceId>, Vec<IdProblem>), Failure> {
    if let Some(text) = value.as_string() {
        let parsed = parse_ids(&text, Some(cloud));
        return Ok((parsed.ids.into_iter().map(|parsed| parsed.id).collect(), parsed.problems));
    }
    if is_absent(value) {
        return Err(Failure::argument("`instanceIds` is missing."));
    }
    let wrong = || Failure::argument("`instanceIds` must be text or an array of texts.");
    let json = json(value).ok_or_else(wrong)?;
    let texts: Vec<Cow<'_, str>> = serde_json::from_str(&json).map_err(|_| wrong())?;
    let mut ids = Vec::with_capacity(texts.len());
    let mut problems = Vec::new();
    let mut seen = HashSet::with_capacity(texts.len());
    for (text, position) in texts.iter().zip(1_u32..) {
        let parsed = parse_ids(text, Some(cloud));
        problems.extend(
            parsed.problems.into_iter().map(|problem| IdProblem { line: position, ..problem }),
        );
        for id in parsed.ids.into_iter().map(|parsed| parsed.id) {
            if seen.insert(id.clone()) {
                ids.push(id);
            } else {
                problems.push(IdProblem {
                    kind: IdProblemKind::Repeated,
                    text: id.as_str().to_owned(),
                    line: position,
                    cloud: Some(cloud),
                    suggestion: None,
                });
            }
        }
    }
    Ok((ids, problems))
}

/// Options with their values as text; those that are `null` are not given.
fn read_options(value: &JsValue) -> Result<Vec<(String, String)>, Failure> {
    if is_absent(value) {
        return Ok(Vec::new());
    }
    let wrong = || Failure::argument("`options` must be an object.");
    let json = json(value).ok_or_else(wrong)?;
    let pairs: Pairs<serde_json::Value> = serde_json::from_str(&json).map_err(|_| wrong())?;
    let mut options = Vec::with_capacity(pairs.0.len());
    for (name, value) in pairs.0 {
        match value {
            serde_json::Value::Null => {}
            serde_json::Value::Bool(flag) => options.push((name, flag.to_string())),
            serde_json::Value::String(text) => options.push((name, text)),
            serde_json::Value::Number(_)
            | serde_json::Value::Array(_)
            | serde_json::Value::Object(_) => {
                return Err(Failure::argument(format!(
                    "`options.{name}` must be true, false or text."
                )));
            }
        }
    }
    Ok(options)
}

/// A whole number that is not negative, or nothing.
fn whole(value: &JsValue, name: &str) -> Result<Option<usize>, Failure> {
    if is_absent(value) {
        return Ok(None);
    }
    let number = value
        .as_f64()
        .filter(|number| number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
    let whole = number.map(|number| number as usize);
    whole.map(Some).ok_or_else(|| Failure::argument(format!("`{name}` must be a whole number.")))
}

/// The value as JSON; `None` for what has none, such as a function or a cycle.
fn json(value: &JsValue) -> Option<String> {
    js_sys::JSON::stringify(value).ok()?.as_string()
}

/// The members of a JSON object in their order.
struct Pairs<V>(Vec<(String, V)>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Pairs<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<V>(std::marker::PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for Members<V> {
            type Value = Pairs<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<V>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(Members(std::marker::PhantomData))
    }
}
