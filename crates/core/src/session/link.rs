//! Applies a link to the form, and reports the result.

use super::{Action, Session};
use crate::{
    config::{Lockable, Preset},
    credential::is_like_a_key,
    form::{FormEdit, link::Link},
};

impl Link {
    /// Fills in the form as far as the operator allows it. A link to a cloud that cannot be chosen
    /// changes nothing: its regions and instances belong to that cloud.
    pub fn apply(&self, session: &mut Session, locked: &[Lockable]) -> AppliedLink {
        let mut filled = AppliedLink { refused: self.refused.clone(), ..AppliedLink::default() };
        for (name, value) in &self.values {
            let is_locked = locked.iter().any(|lock| lock.word() == *name);
            let is_allowed = match *name {
                "region" => session.form().limits().allows_region(value),
                "dryRun" => value == "true" || value == "false",
                _ => true,
            };
            let of_another_cloud = filled.left.iter().any(|(name, _)| *name == "cloud");
            if !is_locked
                && is_allowed
                && !of_another_cloud
                && let Some(edit) = FormEdit::named(name, value.clone())
            {
                session.update(Action::Edit(edit));
            }
            let is_there = holds(session, name, value);
            if of_another_cloud || !is_there {
                filled.left.push((name, value.clone()));
            } else if !is_locked {
                filled.taken.push((name, value.clone()));
            }
        }
        filled
    }
}

/// The result of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppliedLink {
    /// The applied values.
    pub taken: Vec<(&'static str, String)>,
    /// The values that were not applied: unknown to the page, or not allowed.
    pub left: Vec<(&'static str, String)>,
    /// The names of the parameters that looked like a key.
    pub refused: Vec<String>,
}

impl AppliedLink {
    /// The names of the values that are still in the form.
    pub fn still_applied<'a>(
        &'a self,
        session: &'a Session,
    ) -> impl Iterator<Item = &'static str> + 'a {
        self.taken.iter().filter(|(name, value)| holds(session, name, value)).map(|(name, _)| *name)
    }

    /// The edits that reset the values still in the form to the operator's presets, or to empty. A
    /// choice that cannot be empty stays.
    pub fn undo(&self, session: &Session, preset: &Preset) -> Vec<FormEdit> {
        let before = |name| {
            Some(match name {
                "instanceIds" => {
                    FormEdit::IdsText(preset.instance_ids.as_deref().unwrap_or_default().join("\n"))
                }
                "reason" => FormEdit::Reason(preset.reason.clone().unwrap_or_default()),
                "region" => FormEdit::Region(
                    preset.region.as_ref().map(|id| id.0.clone()).unwrap_or_default(),
                ),
                "dryRun" => FormEdit::DryRun(preset.dry_run.unwrap_or_default()),
                _ => return None,
            })
        };
        self.still_applied(session).filter_map(before).collect()
    }

    /// The refused names for the screen; one that is a key itself is masked.
    pub fn refused_names(&self) -> impl Iterator<Item = &str> {
        self.refused.iter().map(|name| if is_like_a_key(name) { "…" } else { name })
    }
}

/// Whether the form has this value.
fn holds(session: &Session, name: &str, value: &str) -> bool {
    let form = session.form();
    if name == "operation" && form.operation().verb.word() == value {
        return true;
    }
    form.filled().iter().any(|(filled, now)| *filled == name && now == value)
}

#[cfg(test)]
mod tests {
    use crate::form::link::{Link, NAMES};
    use crate::{
        clouds,
        config::Config,
        credential::{Fingerprint, Guard},
        form::{Form, FormEdit},
        i18n::Locale,
        session::{Action, Session},
    };

    fn link(parameters: &[(&str, &str)]) -> Link {
        Link::read(parameters.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    fn session(config: &str) -> (Session, Config) {
        let config = Config::read(config).unwrap();
        let mut session = Session::new(Locale::En, Form::first());
        session.update(Action::Restrict(config.limits()));
        for edit in config.fills() {
            session.update(Action::Edit(edit));
        }
        (session, config)
    }

    #[test]
    fn a_link_fills_in_the_form_of_every_cloud() {
        for &cloud in clouds::ALL {
            let operation = cloud.operations.last().unwrap();
            let mode = operation.modes.last().unwrap();
            // The order of the parameters does not matter.
            let link = link(&[
                ("instanceIds", cloud.ids.example),
                ("mode", mode.id),
                ("operation", operation.verb.word()),
                ("cloud", cloud.id),
                ("reason", " TICKET-7 "),
                ("utm_source", "chat"),
            ]);
            let (mut session, _) = session("{}");
            let filled = link.apply(&mut session, &[]);
            assert_eq!(filled.left, [], "{}", cloud.id);
            assert_eq!(session.form().cloud().id, cloud.id);
            assert_eq!(session.form().operation().verb, operation.verb);
            assert_eq!(session.form().mode().id, mode.id);
            assert_eq!(session.form().reason(), "TICKET-7");
            assert_eq!(session.form().parsed().ids.len(), 1);
            assert_eq!(filled.still_applied(&session).count(), 5);
            session.update(Action::Edit(FormEdit::IdsText("something else".into())));
            assert!(!filled.still_applied(&session).any(|name| name == "instanceIds"));
        }
    }

    #[test]
    fn the_link_to_a_form_leads_to_the_same_form() {
        for &cloud in clouds::ALL {
            for operation in cloud.operations {
                for mode in operation.modes {
                    let region = cloud.regions.known.last().map_or("", |region| region.id);
                    let example = cloud.ids.example;
                    let mut form = Form::new(cloud).unwrap();
                    for edit in [
                        FormEdit::Site(cloud.sites.last().unwrap().id.into()),
                        FormEdit::Region(region.into()),
                        FormEdit::Operation(operation.name.into()),
                        FormEdit::Mode(mode.id.into()),
                        FormEdit::DryRun(true),
                        FormEdit::IdsText(format!("web {example}, {example}\nnot-an-id")),
                        FormEdit::Reason("TICKET-7 & more".into()),
                    ] {
                        form.apply(edit);
                    }
                    let link = form.link().unwrap().into_iter();
                    let read = Link::read(link.map(|(name, value)| (name.to_owned(), value)));
                    let (mut session, _) = session("{}");
                    assert_eq!(read.refused, Vec::<String>::new());
                    assert_eq!(read.apply(&mut session, &[]).left, []);
                    let other = session.form();
                    let ids = |form: &Form| -> Vec<_> {
                        form.parsed().ids.iter().map(|parsed| parsed.id.clone()).collect()
                    };
                    assert_eq!(ids(other), ids(&form));
                    let rest = |form: &Form| {
                        let mut filled = form.filled();
                        filled.retain(|(name, _)| *name != "instanceIds");
                        filled
                    };
                    assert_eq!(rest(other), rest(&form), "{} {}", cloud.id, operation.name);
                }
            }
        }
    }

    #[test]
    fn a_form_with_a_key_makes_no_link() {
        const SECRET: &str = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0";
        let short = "sandboxZenlayerPassword01";
        let secret = Some(Fingerprint::of(short.chars().map(u32::from)));
        let edits = |text: &str| {
            [
                ("region", FormEdit::Region(text.into())),
                ("instanceIds", FormEdit::IdsText(format!("ins-aaaaaaaa {text}"))),
                ("reason", FormEdit::Reason(format!("for {text}"))),
            ]
        };
        for (field, edit) in edits(SECRET).into_iter().chain(edits(short)) {
            let mut form = Form::new(clouds::by_id("tencent").unwrap()).unwrap();
            form.apply(FormEdit::Guard(Guard { secret, token: None }));
            form.apply(FormEdit::KeyId("AKIDexampleexampleexample0001".into()));
            let link = form.link().unwrap();
            assert!(!format!("{link:?}").contains("AKID"), "{link:?}");
            form.apply(edit);
            assert_eq!(form.link(), Err(field));
        }
    }

    #[test]
    fn an_applied_link_can_be_undone() {
        let (mut session, config) = session(
            r#"{ "preset": { "cloud": "tencent", "region": "ap-guangzhou",
                             "instanceIds": ["ins-aaaaaaaa", "ins-bbbbbbbb"] } }"#,
        );
        let preset = session.form().filled();
        let link = link(&[
            ("region", "ap-shanghai"),
            ("instanceIds", "ins-cccccccc"),
            ("reason", "TICKET-7"),
            ("operation", "start"),
        ]);
        let filled = link.apply(&mut session, &config.locked);
        assert_eq!(filled.left, []);
        // A value that the user changed since stays.
        session.update(Action::Edit(FormEdit::Reason("TICKET-8".into())));
        for edit in filled.undo(&session, &config.preset) {
            session.update(Action::Edit(edit));
        }
        assert_eq!(session.form().region(), "ap-guangzhou");
        let ids = |filled: &[(&str, String)]| {
            filled.iter().find(|(name, _)| *name == "instanceIds").map(|(_, ids)| ids.clone())
        };
        assert_eq!(ids(&session.form().filled()), ids(&preset));
        assert_eq!(session.form().reason(), "TICKET-8");
        assert_eq!(session.form().operation().verb.word(), "start");
    }

    #[test]
    fn a_link_sets_no_key_and_erases_no_disks() {
        for name in ["keyId", "secret", "token", "erase", "batching", "proxy", "expiresAt"] {
            assert!(!NAMES.contains(&name), "{name}");
        }
        let (mut session, _) = session("{}");
        let before = session.clone();
        let link = link(&[("erase", "true"), ("keyId", "KEY"), ("proxy", "https://evil.example")]);
        assert_eq!(link.values, []);
        link.apply(&mut session, &[]);
        assert_eq!(session, before);
    }

    #[test]
    fn parameters_that_look_like_a_key_are_refused() {
        for (name, value) in [
            ("secret", "x"),
            ("SecretKey", ""),
            ("access_key_secret", "x"),
            ("x-acs-security-token", "x"),
            ("keyId", "x"),
            ("ak", "x"),
            ("Signature", "x"),
            ("reason", "LTAI5tExampleExampleExample"),
            ("instanceIds", "i-bp1 AKIDexampleexampleexample0001"),
            ("region", "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MTIz"),
            ("AKIDexampleexampleexample0001", ""),
        ] {
            let link = link(&[(name, value), ("cloud", "tencent")]);
            assert_eq!(link.refused, [name], "{value}");
            assert_eq!(link.values, [("cloud", "tencent".to_owned())]);
            let shown: Vec<String> = {
                let (mut session, _) = session("{}");
                link.apply(&mut session, &[]).refused_names().map(str::to_owned).collect()
            };
            assert!(shown.iter().all(|name| !name.starts_with("AKID")), "{shown:?}");
        }
    }

    #[test]
    fn ordinary_values_are_not_taken_for_keys() {
        let mut values: Vec<String> =
            vec!["TICKET-2024-000123 disk full on web-01, as agreed".into()];
        for cloud in clouds::ALL {
            values.push(cloud.ids.example.to_owned());
            values.extend(cloud.regions.known.iter().map(|region| region.id.to_owned()));
            values.extend(cloud.operations.iter().map(|operation| operation.name.to_owned()));
        }
        values.push(values.join(","));
        for value in values {
            assert_eq!(link(&[("reason", &value)]).refused, Vec::<String>::new(), "{value}");
        }
    }

    #[test]
    fn locked_or_forbidden_values_stay_and_are_reported() {
        let (mut session, config) = session(
            r#"{ "preset": { "cloud": "tencent", "operation": "reboot", "region": "ap-guangzhou" },
                 "allow": { "modes": ["soft"], "regions": ["ap-guangzhou"] },
                 "locked": ["cloud", "operation"] }"#,
        );
        let link = link(&[
            ("cloud", "tencent"),
            ("operation", "start"),
            ("mode", "hard"),
            ("region", "ap-shanghai"),
            ("dryRun", "yes"),
            ("instanceIds", "ins-aaaaaaaa"),
            ("instanceIds", "ins-bbbbbbbb"),
        ]);
        let filled = link.apply(&mut session, &config.locked);
        let left: Vec<&str> = filled.left.iter().map(|(name, _)| *name).collect();
        assert_eq!(left, ["region", "operation", "mode", "dryRun"]);
        let taken: Vec<&str> = filled.taken.iter().map(|(name, _)| *name).collect();
        assert_eq!(taken, ["instanceIds"], "the locked cloud is the operator's, not the link's");
        assert_eq!(session.form().parsed().ids.len(), 2);
        assert_eq!(session.form().region(), "ap-guangzhou");
        assert_eq!(session.form().operation().verb.word(), "reboot");
    }

    #[test]
    fn a_link_to_a_missing_cloud_is_not_applied() {
        let (mut session, _) = session("{}");
        let before = session.clone();
        let link = link(&[("cloud", "amazon"), ("region", "us-east-1"), ("instanceIds", "i-0abc")]);
        let filled = link.apply(&mut session, &[]);
        assert_eq!(filled.left.len(), 3);
        assert_eq!(session, before);
    }
}
