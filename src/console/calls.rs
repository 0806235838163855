//! Requests on their way out: each waits for its turn, is signed, sent once, and comes back as a
//! message. A call that changes something asks core once more, in the moment in which it leaves.

use super::{Console, Msg};
use crate::{
    clock,
    fetch::Abort,
    locks::{self, NoLocks},
    store::Shared,
    vault::{Token, Vault},
};
use futures_util::future::{AbortHandle, Abortable};
use gloo_timers::future::TimeoutFuture;
use relight_core::{
    answer::Delivery,
    cloud::Cloud,
    credential,
    form::Held,
    i18n::Locale,
    ids::InstanceId,
    plan::{Batch, Target},
    request::{Request, Route, Signed, Unsigned},
    run::{Event, Millis, NO_KEY},
    sign::{Prepared, Signer},
};
use std::{
    rc::Rc,
    task::{self, Poll, Waker},
};
use wasm_bindgen_futures::spawn_local;
use yew::Context;

/// A call that was handed out and has not left: it waits for its turn, is signed, and asks core whether
/// it may leave. Dropping it takes it back.
pub(super) struct Turn {
    ticket: u64,
    waiting: AbortHandle,
    route: Shared<Route>,
    /// Once its turn has come: the request, and what the screen may show of it.
    signed: Option<Signature>,
}

/// A signed request, and the same without the token.
pub(super) type Signature = (Request<Signed>, Rc<Request<Signed>>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.waiting.abort();
    }
}

impl Console {
    /// Has a call of the run signed in its turn. It does not leave by that.
    pub(super) fn prepare_call(
        &mut self,
        ctx: &Context<Self>,
        (call, leave_at): (usize, Millis),
        batch: &Batch,
        skew: i64,
    ) {
        let Some(run) = self.view.run.clone() else { return };
        // All tabs together keep the cloud's pace.
        let operation = run.order().operation();
        // The second begins when the call leaves.
        let window_ms = 1_000 + pause_until(leave_at);
        let per_second = operation.calls_per_second;
        let turn = turn(run.order().target(), operation.name, per_second, window_ms);
        let paper = Paper {
            cloud: run.order().target().cloud,
            key_id: run.about().key_id.clone(),
            request: batch.request(),
            skew_seconds: skew,
        };
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let (vault, route) = (self.vault.clone(), self.view.route.clone());
        let (link, locale) = (ctx.link().clone(), self.view.session.locale());
        let (waiting, registration) = AbortHandle::new_pair();
        let way = route.clone();
        let prepared = async move {
            turn.await;
            let (signed, token) = sign(&vault, paper, locale, &way).await?;
            let shown = Rc::new(signed.redacted(token.as_ref().map(|token| &***token)));
            if leave_at > clock::now() {
                TimeoutFuture::new(pause_until(leave_at)).await;
            }
            Ok((signed, shown))
        };
        let prepared = Abortable::new(prepared, registration);
        spawn_local(async move {
            if let Ok(signed) = prepared.await {
                link.send_message(Msg::Turn { ticket, call, signed: signed.map(Box::new) });
            }
        });
        self.turns.insert(call, Turn { ticket, waiting, route, signed: None });
    }

    /// The turn of a call has come, unless it was taken back meanwhile: it leaves if core lets it, which
    /// is asked only now. Or it could not be signed, for this reason.
    pub(super) fn turn_has_come(
        &mut self,
        ctx: &Context<Self>,
        ticket: u64,
        call: usize,
        signed: Result<Box<Signature>, &'static str>,
    ) -> bool {
        let Some(turn) = self.turns.get_mut(&call).filter(|turn| turn.ticket == ticket) else {
            return false;
        };
        match signed {
            // Its end is on the way as a message: what is not on the page any more sends nothing.
            Ok(_) if !ctx.props().host.is_connected() => self.step(ctx, Event::Stop),
            // So is that of the key.
            Ok(_) if self.vault.state().secret == Held::Nothing => self.step(ctx, Event::KeyGone),
            Ok(signed) => {
                turn.signed = Some(*signed);
                self.step(ctx, Event::Leaving { call })
            }
            Err(word) => {
                let delivery = Delivery::NotSent { word: word.into() };
                self.step(ctx, Event::Delivered { call, delivery })
            }
        }
    }

    /// Sends a call, and brings the news back as a message. It has left when this returns.
    pub(super) fn depart(&mut self, ctx: &Context<Self>, call: usize) {
        let news = move |ticket, delivery| Msg::Came {
            ticket,
            event: Event::Delivered { call, delivery },
        };
        let mut turn = self.turns.remove(&call);
        let (ticket, signed) = turn
            .as_mut()
            .map_or((self.next_ticket, None), |turn| (turn.ticket, turn.signed.take()));
        let (Some(turn), Some((signed, shown)), Some(abort)) = (turn, signed, Abort::new()) else {
            let delivery = Delivery::NotSent { word: "aborted".into() };
            ctx.link().send_message(news(ticket, delivery));
            return;
        };
        self.keep_signed(call, shown);
        let (sender, route) = (abort.sender(), turn.route.clone());
        self.aborts.insert(ticket, abort);
        let mut sending = Box::pin(async move { sender.send(&signed, &route).await });
        // It begins here and not when the browser next has time, so that nothing comes between core's
        // word and the sending.
        let begun = sending.as_mut().poll(&mut task::Context::from_waker(Waker::noop()));
        ctx.link().send_future(async move {
            let delivery = match begun {
                Poll::Ready(delivery) => delivery,
                Poll::Pending => sending.await,
            };
            news(ticket, delivery)
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
        let request = target.cloud.describe(target, &ids);
        let paper = Paper { cloud: target.cloud, key_id, request, skew_seconds };
        // Looks have a limit of their own.
        let turn = turn(target, "look", manifest.describe_calls_per_second, 1_000);
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let Some(abort) = Abort::new() else {
            let word = "aborted".to_owned();
            ctx.link().send_message(news(ticket, ids, Delivery::NotSent { word }));
            return ticket;
        };
        let (vault, route) = (self.vault.clone(), self.view.route.clone());
        let locale = self.view.session.locale();
        let sender = abort.sender();
        self.aborts.insert(ticket, abort);
        ctx.link().send_future(async move {
            turn.await;
            let delivery = match sign(&vault, paper, locale, &route).await {
                Ok((signed, _)) => sender.send(&signed, &route).await,
                Err(word) => Delivery::NotSent { word: word.into() },
            };
            news(ticket, ids, delivery)
        });
        ticket
    }

    /// Keeps a request for the inspector.
    fn keep_signed(&mut self, call: usize, signed: Rc<Request<Signed>>) {
        let shown = self.view.signed.make_mut();
        if shown.len() <= call {
            shown.resize(call + 1, None);
        }
        if let Some(place) = shown.get_mut(call) {
            *place = Some(signed);
        }
    }

    /// With the key goes what was made with it: the inspector shows the rest.
    pub(super) fn take_out_signatures(&mut self) {
        for signed in self.view.signed.make_mut().iter_mut().flatten() {
            *signed = Rc::new(signed.without_signature());
        }
    }
}

/// What is to be signed.
pub(super) struct Paper {
    pub(super) cloud: &'static dyn Cloud,
    pub(super) key_id: String,
    pub(super) request: Request<Unsigned>,
    /// How far the cloud's clock is ahead of the page's.
    pub(super) skew_seconds: i64,
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
    // Whatever way a key came: what may be the secret does not go out in the place of its id.
    credential::check_key(cloud, &signer.key_id, vault.guard()).map_err(|_| NO_KEY)?;
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
