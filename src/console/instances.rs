//! The list of instances to choose from: core's list, read page by page.

use crate::{
    console::{Console, Msg, calls::pause_until},
    services::{
        clock,
        selections::{self, SavedSelection},
    },
    store::{Changed, InstancesAction, Removed, ResolvedSelection, Shared},
};
use gloo_timers::callback::Timeout;
use relight_core::{
    clouds,
    form::FormEdit,
    model::query::InstanceQuery,
    session::{Action, ListCommand},
    transport::TransportResult,
};
use std::{collections::HashSet, rc::Rc};
use yew::Context;

/// A selection is resolved again before the review if what it found is older than this.
const RESOLVED_FOR_MS: u64 = 60_000;

/// The list that is being read.
#[derive(Default)]
pub(super) struct ListReader {
    /// The request in flight.
    ticket: Option<u64>,
    wake: Option<Timeout>,
    /// The selection whose instances are filled in once the list is whole, and whether the review
    /// follows.
    resolving: Option<(String, bool)>,
    /// The selection that could not be read, since something in the form was missing, such as the key.
    refused: Option<String>,
}

impl Console {
    /// An action on the list or on the selections.
    pub(super) fn handle_instances(
        &mut self,
        ctx: &Context<Self>,
        action: InstancesAction,
    ) -> bool {
        match action {
            InstancesAction::Read(query) => self.list_instances(ctx, &query),
            InstancesAction::Stop => self.stop_list(),
            InstancesAction::Resolve(name) => self.resolve(ctx, &name, false),
            InstancesAction::Save(name, query) => {
                let form = self.view.session.form();
                let saved = SavedSelection {
                    name,
                    cloud: form.cloud().id.to_owned(),
                    site: form.site().to_owned(),
                    region: form.region().to_owned(),
                    query: query.to_string(),
                    ids: Vec::new(),
                };
                self.save_selection(saved)
            }
            InstancesAction::Delete(name) => {
                let deleted = self.view.selections.iter().find(|one| one.name == name).cloned();
                self.view.undo = deleted.map(Removed::Selection).map(Rc::new);
                self.change_selections(|all| all.retain(|one| one.name != name))
            }
        }
    }

    /// Saves a selection, in place of another one of its name.
    pub(super) fn save_selection(&mut self, saved: SavedSelection) -> bool {
        self.change_selections(|all| {
            all.retain(|one| one.name != saved.name);
            all.push(saved);
            all.sort_by(|one, other| one.name.cmp(&other.name));
        })
    }

    fn change_selections(&mut self, change: impl FnOnce(&mut Vec<SavedSelection>)) -> bool {
        // Another tab may have saved some.
        let mut all = selections::read();
        if all.is_empty() {
            all.clone_from(&self.view.selections);
        }
        change(&mut all);
        selections::write(&all);
        self.view.selections = Shared::new(all);
        true
    }

    /// Goes where a selection is, and reads it; then its instances are filled in.
    fn resolve(&mut self, ctx: &Context<Self>, name: &str, then_review: bool) -> bool {
        let Some(saved) = self.view.selections.iter().find(|one| one.name == name).cloned() else {
            return false;
        };
        for edit in [
            FormEdit::Cloud(saved.cloud),
            FormEdit::Site(saved.site),
            FormEdit::Region(saved.region),
        ] {
            self.update_session(ctx, Action::Edit(edit));
        }
        self.list_instances(ctx, &InstanceQuery::parse(&saved.query));
        if self.view.instances.as_ref().is_some_and(|list| list.is_reading()) {
            self.list_reader.resolving = Some((saved.name, then_review));
        } else {
            self.list_reader.refused = Some(saved.name);
        }
        true
    }

    /// Resolves the selection that the ids come from once more, if that was some time ago, or the one that
    /// could not be read. The review follows by itself.
    pub(super) fn resolve_first(&mut self, ctx: &Context<Self>) -> bool {
        let refused = self.list_reader.refused.take();
        if let Some(name) = refused.filter(|_| self.view.session.form().ids_text().is_empty()) {
            return self.resolve(ctx, &name, true);
        }
        let Some(resolved) = self.view.resolved.clone() else { return false };
        let read_at = self.view.instances.as_ref().map_or(0, |list| list.at());
        if clock::now().saturating_sub(read_at) < RESOLVED_FOR_MS {
            return false;
        }
        self.resolve(ctx, &resolved.name, true) && self.list_reader.resolving.is_some()
    }

    /// The list is whole: fills in what a selection has found.
    fn fill_in_selection(&mut self, ctx: &Context<Self>) {
        let Some(list) = self.view.instances.clone().filter(|list| list.is_whole()) else { return };
        let Some((name, then_review)) = self.list_reader.resolving.take() else { return };
        let ids: Vec<String> =
            list.instances().iter().map(|listed| listed.instance.id.clone()).collect();
        let mut changed = None;
        self.change_selections(|all| {
            if let Some(saved) = all.iter_mut().find(|one| one.name == name) {
                let before: HashSet<&String> = saved.ids.iter().collect();
                let now: HashSet<&String> = ids.iter().collect();
                changed = (!before.is_empty()).then(|| Changed {
                    new: now.difference(&before).count(),
                    gone: before.difference(&now).count(),
                });
                saved.ids.clone_from(&ids);
            }
        });
        let total = ids.len();
        self.update_session(ctx, Action::Edit(FormEdit::IdsText(ids.join("\n"))));
        self.view.resolved = Some(Rc::new(ResolvedSelection { name, total, changed }));
        if then_review {
            self.review(ctx, true, None);
        }
    }

    /// Reads the list of the instances that match a query, where the form leads. What is missing for that is
    /// said at its field.
    pub(super) fn list_instances(&mut self, ctx: &Context<Self>, query: &InstanceQuery) -> bool {
        self.choose_route();
        let (secret, through_proxy) = (self.view.key.secret, self.through_proxy());
        match self.view.session.instance_list(query, secret, through_proxy) {
            Ok(list) => {
                self.vault.unlock();
                self.stop_reading();
                self.view.instances = Some(Shared::new(list));
                self.advance_list(ctx);
                true
            }
            Err(refusal) => self.update_session(ctx, Action::Refuse(refusal)),
        }
    }

    /// Reads no further.
    pub(super) fn stop_list(&mut self) -> bool {
        self.stop_reading();
        let Some(list) = &mut self.view.instances else { return false };
        list.make_mut().stop();
        true
    }

    /// The next step of the list.
    pub(super) fn advance_list(&mut self, ctx: &Context<Self>) {
        let Some(list) = &mut self.view.instances else { return };
        match list.make_mut().next(clock::now()) {
            ListCommand::Read(cursor) => {
                let target = list.target().clone();
                let skew_seconds = list.clock_skew_seconds();
                let lister = clouds::lister(target.cloud);
                let request = lister.list(&target, list.query(), cursor.as_deref());
                let key_id = self.view.session.form().key_id().to_owned();
                let to_msg =
                    move |ticket, result| Msg::Listed { ticket, cursor: cursor.clone(), result };
                let ticket = self.send_read(ctx, &target, request, key_id, skew_seconds, to_msg);
                self.list_reader.ticket = Some(ticket);
            }
            ListCommand::WakeAt(at) => {
                let link = ctx.link().clone();
                let wake = Timeout::new(pause_until(at), move || link.send_message(Msg::ListWake));
                self.list_reader.wake = Some(wake);
            }
            ListCommand::Wait | ListCommand::Done => {}
        }
    }

    /// A page of the list has come, or an error.
    pub(super) fn listed(
        &mut self,
        ctx: &Context<Self>,
        ticket: u64,
        cursor: Option<&str>,
        result: &TransportResult,
    ) -> bool {
        if self.list_reader.ticket != Some(ticket) {
            return false;
        }
        self.list_reader.ticket = None;
        if let Some(list) = &mut self.view.instances {
            list.make_mut().listed(clock::now(), cursor, result);
        }
        self.advance_list(ctx);
        self.fill_in_selection(ctx);
        true
    }

    /// Drops a list of another cloud, region or key than the form has now.
    pub(super) fn drop_foreign_list(&mut self) {
        let Some(list) = &self.view.instances else { return };
        let (target, form) = (list.target(), self.view.session.form());
        let is_of_form = target.cloud == form.cloud()
            && target.site.id == form.site()
            && target.region == form.region();
        if !is_of_form {
            self.stop_reading();
            self.view.instances = None;
        }
    }

    fn stop_reading(&mut self) {
        if let Some(ticket) = self.list_reader.ticket.take() {
            self.aborts.remove(&ticket);
        }
        self.list_reader.wake = None;
        self.list_reader.resolving = None;
    }
}
