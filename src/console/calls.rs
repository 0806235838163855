//! Requests on their way out: each waits for its turn, is signed, sent once, and comes back as a
//! message.

use super::{Console, Msg};
use crate::{
    clock,
    fetch::Abort,
    locks::{self, NoLocks},
    vault::{Token, Vault},
};
use gloo_timers::future::TimeoutFuture;
use relight_core::{
    answer::Delivery,
    cloud::Cloud,
    ids::InstanceId,
    plan::{Batch, Target},
    request::{Request, Route, Signed, Unsigned},
    run::{Event, Millis, NO_KEY},
    sign::{Prepared, Signer},
    words::Locale,
};
use std::rc::Rc;
use yew::Context;

impl Console {
    /// Sends a call of the run, in its turn.
    pub(super) fn send_call(
        &mut self,
        ctx: &Context<Self>,
        (call, leave_at): (usize, Millis),
        batch: &Batch,
        skew: i64,
    ) {
        let Some(run) = self.view.run.clone() else { return };
        let cloud = run.order().target().cloud;
        // All tabs together keep the cloud's pace.
        let operation = run.order().operation();
        // The second begins when the call leaves.
        let window_ms = 1_000 + pause_until(leave_at);
        let per_second = operation.calls_per_second;
        let turn = turn(run.order().target(), operation.name, per_second, window_ms);
        let paper = Paper {
            cloud,
            key_id: run.about().key_id.clone(),
            request: batch.request(),
            skew_seconds: skew,
            call: Some((call, leave_at)),
        };
        self.dispatch(ctx, paper, turn, move |ticket, delivery| Msg::Came {
            ticket,
            event: Event::Delivered { call, delivery },
        });
    }

    /// Asks for the states of instances. Returns the ticket, with which the news come.
    pub(super) fn send_look(
        &mut self,
        ctx: &Context<Self>,
        target: &Target,
        ids: Vec<InstanceId>,
        key_id: String,
        skew_seconds: i64,
        news: fn(u64, Vec<InstanceId>, Delivery) -> Msg,
    ) -> u64 {
        let manifest = target.cloud.manifest();
        let paper = Paper {
            cloud: target.cloud,
            key_id,
            request: target.cloud.describe(target, &ids),
            skew_seconds,
            call: None,
        };
        // Looks have a limit of their own.
        let turn = turn(target, "look", manifest.describe_calls_per_second, 1_000);
        self.dispatch(ctx, paper, turn, move |ticket, delivery| news(ticket, ids, delivery))
    }

    /// Signs a request once its turn has come, sends it once, and brings the news back as a message.
    /// Returns its ticket.
    fn dispatch(
        &mut self,
        ctx: &Context<Self>,
        paper: Paper,
        turn: impl Future<Output = ()> + 'static,
        news: impl FnOnce(u64, Delivery) -> Msg + 'static,
    ) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let Some(abort) = Abort::new() else {
            let word = "aborted".to_owned();
            ctx.link().send_message(news(ticket, Delivery::NotSent { word }));
            return ticket;
        };
        let (vault, route) = (self.vault.clone(), self.view.route.clone());
        let (link, locale) = (ctx.link().clone(), self.view.session.locale());
        let sender = abort.sender();
        self.aborts.insert(ticket, abort);
        ctx.link().send_future(async move {
            turn.await;
            let call = paper.call;
            let delivery = match sign(&vault, paper, locale, &route).await {
                Ok((signed, token)) => {
                    if let Some((call, leave_at)) = call {
                        // What is kept for the screen has no token any more.
                        let signed =
                            Rc::new(signed.redacted(token.as_ref().map(|token| &***token)));
                        if leave_at > clock::now() {
                            TimeoutFuture::new(pause_until(leave_at)).await;
                        }
                        link.send_message(Msg::Signed { ticket, call, signed });
                    }
                    sender.send(&signed, &route).await
                }
                Err(word) => Delivery::NotSent { word: word.into() },
            };
            news(ticket, delivery)
        });
        ticket
    }

    /// Keeps a request for the inspector, unless its run is gone meanwhile. Returns whether it is not.
    pub(super) fn keep_signed(
        &mut self,
        ticket: u64,
        call: usize,
        signed: Rc<Request<Signed>>,
    ) -> bool {
        if !self.aborts.contains_key(&ticket) {
            return false;
        }
        let shown = self.view.signed.make_mut();
        if shown.len() <= call {
            shown.resize(call + 1, None);
        }
        if let Some(place) = shown.get_mut(call) {
            *place = Some(signed);
        }
        true
    }
}

/// What is to be signed.
pub(super) struct Paper {
    pub(super) cloud: &'static dyn Cloud,
    pub(super) key_id: String,
    pub(super) request: Request<Unsigned>,
    /// How far the cloud's clock is ahead of the page's.
    pub(super) skew_seconds: i64,
    /// Which call of the run it is, and when it may leave; `None` for a look.
    pub(super) call: Option<(usize, Millis)>,
}

/// Signs with what the vault holds now, and gives the token that is in the request; or says, in a
/// word, why that is not possible.
pub(super) async fn sign(
    vault: &Vault,
    paper: Paper,
    locale: Locale,
    route: &Route,
) -> Result<(Request<Signed>, Option<Token>), &'static str> {
    let (cloud, skew_seconds) = (paper.cloud, paper.skew_seconds);
    let hand = vault.hand(cloud).await?;
    let signer = Signer {
        key_id: hand.key_id().map_or_else(|| paper.key_id.clone(), ToOwned::to_owned),
        token: hand.token().map(|token| token.to_string()),
        unix_seconds: clock::unix_seconds(skew_seconds),
        nonce: clock::nonce().ok_or("no-random")?,
        sign_action: true,
        locale,
    };
    let token = hand.token().cloned();
    let prepared = prepare(&paper, &signer, route).ok_or("no-direct-way")?;
    hand.sign(cloud, prepared).await.map(|signed| (signed, token)).ok_or(NO_KEY)
}

/// Everything of the signed request but its signature. Without a proxy it has to be one that a page
/// may send without leave.
pub(super) fn prepare(paper: &Paper, signer: &Signer, route: &Route) -> Option<Prepared> {
    match (route, paper.cloud.manifest().direct) {
        (Route::Direct, Some(algorithm)) => {
            paper.cloud.prepare_with(algorithm, &paper.request, signer)
        }
        (Route::Direct, None) => None,
        (Route::Proxy { .. }, _) => Some(paper.cloud.prepare(&paper.request, signer)),
    }
}

/// Waits until all tabs together may send one more of these calls in this second. Without locks there
/// is this page's own pace, which the run and the look keep.
pub(super) fn turn(
    target: &Target,
    action: &str,
    per_second: u32,
    window_ms: u32,
) -> impl Future<Output = ()> + 'static {
    let name = format!("{} {} {action}", target.cloud.manifest().id, target.region);
    async move {
        let _: Result<(), NoLocks> = locks::pace(&name, per_second.max(1), window_ms).await;
    }
}

/// How long to wait until a time, for a timer; never so long that a clock that was set matters.
pub(super) fn pause_until(at: Millis) -> u32 {
    u32::try_from(at.saturating_sub(clock::now())).unwrap_or(u32::MAX).min(60_000)
}
