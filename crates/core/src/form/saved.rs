//! The values of a form that the browser may save and restore after a reload: no key, and nothing
//! that must be chosen again each time.

use crate::{
    credential::{check_key, is_like_a_key, may_be_secret},
    form::{Form, link::Link},
    ids::{IdProblem, IdProblemKind},
};

/// The saved fields, in the order in which they are applied.
const NAMES: [&str; 9] =
    ["cloud", "site", "region", "operation", "mode", "dryRun", "keyId", "instanceIds", "reason"];

impl Form {
    /// The values to save, by the fields' public names. A forced mode and erased disks are omitted,
    /// and so is a text that contains or may contain a key.
    pub fn saved(&self) -> Vec<(&'static str, String)> {
        let mut saved: Vec<_> =
            self.filled().into_iter().filter(|(name, _)| self.may_save(name)).collect();
        for (name, value) in &mut saved {
            if *name == "instanceIds" {
                *value = self.saved_ids();
            }
        }
        saved.retain(|(_, value)| !value.is_empty());
        saved
    }

    fn may_save(&self, name: &str) -> bool {
        match name {
            "mode" => !self.mode.force,
            "region" => {
                let known = self.cloud.regions.known.iter().any(|one| one.id == self.region);
                known || !(self.guard.is_in(&self.region) || may_be_secret(&self.region))
            }
            // Where key ids have no prefix, one is only recognised next to its secret.
            "keyId" => {
                let has_beginning = !self.cloud.credential.key_id.prefixes.is_empty();
                (has_beginning || self.guard.secret.is_some())
                    && check_key(self.cloud, &self.key_id, self.guard).is_ok()
            }
            "reason" => self.check_reason().is_ok(),
            _ => NAMES.contains(&name),
        }
    }

    /// The text of the ids field, or only its ids if it has other words or a possible secret.
    fn saved_ids(&self) -> String {
        if self.guard.is_in(&self.ids_text) || is_like_a_key(&self.ids_text) {
            return String::new();
        }
        let problems = self.parsed.problems.iter();
        if self.parsed.ignored == 0 && !problems.clone().any(is_doubtful) {
            return self.ids_text.to_string();
        }
        let ids = self.parsed.ids.iter().map(|parsed| parsed.id.as_str());
        let rest = problems.filter(|one| !is_doubtful(one)).map(|problem| problem.text.as_str());
        ids.chain(rest).collect::<Vec<_>>().join("\n")
    }
}

/// Whether a malformed id may be a secret.
pub(super) fn is_doubtful(problem: &IdProblem) -> bool {
    matches!(problem.kind, IdProblemKind::Malformed(_)) && may_be_secret(&problem.text)
}

impl Link {
    /// The values of [`Form::saved`] as a link, applied as far as the operator allows it.
    pub fn of_saved(values: impl IntoIterator<Item = (String, String)>) -> Self {
        let values: Vec<_> = values.into_iter().collect();
        let find = |name: &str| values.iter().find(|(other, _)| other == name);
        let in_order = NAMES.into_iter().filter_map(|name| Some((name, find(name)?.1.clone())));
        Link { values: in_order.collect(), refused: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        clouds,
        config::Config,
        credential::{Fingerprint, Guard},
        form::{Form, FormEdit, link::Link},
        i18n::Locale,
        session::{Action, Session},
    };

    const SECRET: &str = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0";

    fn saved(edits: impl IntoIterator<Item = FormEdit>) -> Vec<(&'static str, String)> {
        let mut form = Form::first();
        for edit in edits {
            form.apply(edit);
        }
        form.saved()
    }

    fn value_of(saved: &[(&'static str, String)], name: &str) -> Option<String> {
        saved.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone())
    }

    fn restored(saved: Vec<(&'static str, String)>, config: &str) -> Session {
        let config = Config::read(config).unwrap();
        let mut session = Session::new(Locale::En, Form::first());
        session.update(Action::Restrict(config.limits()));
        for edit in config.fills() {
            session.update(Action::Edit(edit));
        }
        let owned = saved.into_iter().map(|(name, value)| (name.to_owned(), value));
        Link::of_saved(owned).apply(&mut session, &config.locked);
        session
    }

    fn guard() -> FormEdit {
        let secret = Some(Fingerprint::of(SECRET.chars().map(u32::from)));
        FormEdit::Guard(Guard { secret, token: None })
    }

    #[test]
    fn every_form_is_restored() {
        for &cloud in clouds::ALL {
            let region = cloud.regions.known.first().map_or("", |region| region.id);
            let prefix = cloud.credential.key_id.prefixes.first().unwrap_or(&"");
            let mut form = Form::first();
            for edit in [
                FormEdit::Cloud(cloud.id.into()),
                FormEdit::Region(if cloud.regions.required { region } else { "" }.into()),
                FormEdit::Operation(cloud.operations.last().unwrap().name.into()),
                FormEdit::KeyId(format!("{prefix}example0000000001")),
                FormEdit::IdsText(format!("{}, i-bp1…", cloud.ids.example)),
                FormEdit::Reason("TICKET-7".into()),
                guard(),
            ] {
                form.apply(edit);
            }
            let session = restored(form.saved(), "{}");
            assert_eq!(session.form().filled(), form.filled(), "{}", cloud.id);
        }
    }

    #[test]
    fn force_erased_disks_and_keys_are_not_saved() {
        for &cloud in clouds::ALL {
            for operation in cloud.operations {
                for mode in operation.modes.iter().filter(|mode| mode.force) {
                    let saved = saved([
                        FormEdit::Cloud(cloud.id.into()),
                        FormEdit::Operation(operation.name.into()),
                        FormEdit::Mode(mode.id.into()),
                        FormEdit::Erase(true),
                    ]);
                    assert_eq!(value_of(&saved, "mode"), None, "{} {}", cloud.id, mode.id);
                    assert_eq!(value_of(&saved, "erase"), None);
                    assert!(!restored(saved, "{}").form().mode().force);
                }
            }
            // In each text field, with and without the secret in its own.
            let text = format!("{} {SECRET}", cloud.ids.example);
            for known in [Vec::new(), vec![guard()]] {
                let edits = [
                    FormEdit::Cloud(cloud.id.into()),
                    FormEdit::Region(SECRET.into()),
                    FormEdit::KeyId(SECRET.into()),
                    FormEdit::IdsText(text.clone()),
                    FormEdit::Reason(SECRET.into()),
                ];
                let saved = saved(edits.into_iter().chain(known));
                assert!(!format!("{saved:?}").contains(SECRET), "{}: {saved:?}", cloud.id);
            }
        }
    }

    #[test]
    fn a_short_secret_among_ids_is_not_saved() {
        let example = clouds::ALL[0].ids.example;
        let text = format!("{example}\nsandboxZenlayerPassword01\ni-bp67");
        let saved = saved([FormEdit::IdsText(text)]);
        assert_eq!(value_of(&saved, "instanceIds").unwrap(), format!("{example}\ni-bp67"));
    }

    #[test]
    fn locked_or_forbidden_values_are_not_restored() {
        let of_tencent = |region: &str| {
            saved([
                FormEdit::Cloud("tencent".into()),
                FormEdit::Region(region.into()),
                FormEdit::Operation("StartInstances".into()),
                FormEdit::IdsText("ins-aaaaaaaa".into()),
            ])
        };
        let config = r#"{ "preset": { "cloud": "tencent", "operation": "reboot", "region": "ap-guangzhou" },
                          "allow": { "regions": ["ap-guangzhou", "ap-beijing"] }, "locked": ["operation"] }"#;
        let session = restored(of_tencent("ap-shanghai"), config);
        assert_eq!(session.form().region(), "ap-guangzhou");
        assert_eq!(session.form().operation().verb.word(), "reboot");
        assert_eq!(session.form().parsed().ids.len(), 1);
        assert_eq!(restored(of_tencent("ap-beijing"), config).form().region(), "ap-beijing");
        let config = r#"{ "allow": { "clouds": ["alibaba"] } }"#;
        let session = restored(of_tencent("ap-shanghai"), config);
        assert_eq!(session.form().cloud().id, "alibaba");
        assert!(session.form().region().is_empty() && session.form().ids_text().is_empty());
    }
}
