//! Outgoing requests: each waits for its slot, is signed, sent once, and its result comes back as a
//! message. A call that changes something asks core once more immediately before it is sent.

use crate::{
    console::{Console, Msg},
    services::{
        clock,
        cloud_client::Abort,
        connection,
        locks::{self, NoLocks},
        vault::{Token, Vault},
    },
    store::Shared,
};
use futures_util::future::{AbortHandle, Abortable};
use gloo_timers::future::TimeoutFuture;
use relight_core::{
    clouds, credential,
    form::SecretStatus,
    i18n::Locale,
    model::{
        cloud::Cloud,
        instance_id::InstanceId,
        plan::{Batch, Target},
        route::Route,
    },
    run::{Event, Millis, NO_KEY},
    signing::{
        Prepared, Signer,
        request::{Request, Signed, Unsigned},
    },
    transport::TransportResult,
};
use std::{
    rc::Rc,
    task::{self, Poll, Waker},
};
use wasm_bindgen_futures::spawn_local;
use yew::Context;

/// A call that is being prepared: it waits for its slot, is signed, and asks core whether it may be
/// sent. Dropping it takes it back.
pub(super) struct PreparedCall {
    ticket: u64,
    waiting: AbortHandle,
    route: Shared<Route>,
    /// Once its slot has come: the request, and a copy for the screen.
    signed: Option<Signature>,
}

/// A signed request, and the same without the token.
pub(super) type Signature = (Request<Signed>, Rc<Request<Signed>>);

impl Drop for PreparedCall {
    fn drop(&mut self) {
        self.waiting.abort();
    }
}

impl Console {
    /// Signs a call of the run in its slot. This does not send it.
    pub(super) fn prepare_call(
        &mut self,
        ctx: &Context<Self>,
        (call, send_at): (usize, Millis),
        batch: &Batch,
        skew: i64,
    ) {
        let Some(run) = self.view.run.clone() else { return };
        // All tabs together stay within the cloud's rate.
        let operation = run.spec().operation();
        // The window begins when the call is sent.
        let window_ms = 1_000 + pause_until(send_at);
        let per_second = operation.calls_per_second;
        let slot = wait_for_slot(run.spec().target(), operation.name, per_second, window_ms);
        let unsigned = UnsignedCall {
            cloud: run.spec().target().cloud,
            key_id: run.about().key_id.clone(),
            request: clouds::request(batch),
            skew_seconds: skew,
        };
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let (vault, route) = (self.vault.clone(), self.view.route.clone());
        let (link, locale) = (ctx.link().clone(), self.view.session.locale());
        let (waiting, registration) = AbortHandle::new_pair();
        let way = route.clone();
        let prepared = async move {
            slot.await;
            let (signed, token) = sign(&vault, unsigned, locale, &way).await?;
            let shown = Rc::new(signed.redacted(token.as_ref().map(|token| &***token)));
            if send_at > clock::now() {
                TimeoutFuture::new(pause_until(send_at)).await;
            }
            Ok((signed, shown))
        };
        let prepared = Abortable::new(prepared, registration);
        spawn_local(async move {
            if let Ok(signed) = prepared.await {
                link.send_message(Msg::Prepared { ticket, call, signed: signed.map(Box::new) });
            }
        });
        self.prepared_calls.insert(call, PreparedCall { ticket, waiting, route, signed: None });
    }

    /// A call is signed and its slot has come, or it could not be signed. Unless it was cancelled it is sent if
    /// core, asked only now, agrees.
    pub(super) fn call_prepared(
        &mut self,
        ctx: &Context<Self>,
        ticket: u64,
        call: usize,
        signed: Result<Box<Signature>, &'static str>,
    ) -> bool {
        let Some(prepared) =
            self.prepared_calls.get_mut(&call).filter(|prepared| prepared.ticket == ticket)
        else {
            return false;
        };
        match signed {
            // An unmount message is queued: a console that is going away sends nothing.
            Ok(_) if !ctx.props().host().is_connected() => self.step(ctx, Event::Stop),
            // So is a message that wipes the key.
            Ok(_) if self.vault.state().secret == SecretStatus::Missing => {
                self.step(ctx, Event::KeyGone)
            }
            Ok(signed) => {
                prepared.signed = Some(*signed);
                self.step(ctx, Event::ReadyToSend { call })
            }
            Err(word) => {
                let result = TransportResult::NotSent { word: word.into() };
                self.step(ctx, Event::Completed { call, result })
            }
        }
    }

    /// Sends a call, and reports its result as a message. It is sent when this returns.
    pub(super) fn send_call(&mut self, ctx: &Context<Self>, call: usize) {
        let run_id: Rc<str> =
            self.view.run.as_ref().map(|run| run.about().id.as_str()).unwrap_or_default().into();
        let to_msg = move |ticket, result| Msg::Completed {
            ticket,
            run_id: run_id.clone(),
            event: Event::Completed { call, result },
        };
        let mut prepared = self.prepared_calls.remove(&call);
        let (ticket, signed) = prepared
            .as_mut()
            .map_or((self.next_ticket, None), |prepared| (prepared.ticket, prepared.signed.take()));
        let (Some(prepared), Some((signed, shown)), Some(abort)) = (prepared, signed, Abort::new())
        else {
            let result = TransportResult::NotSent { word: "aborted".into() };
            ctx.link().send_message(to_msg(ticket, result));
            return;
        };
        self.remember_signed(call, shown);
        let (sender, route) = (abort.sender(), prepared.route.clone());
        self.aborts.insert(ticket, abort);
        let mut sending =
            Box::pin(async move { connection::watch(&route, sender.send(&signed, &route)).await });
        // `fetch` is called here and not in a later task, so that nothing comes between core's answer
        // and sending.
        let begun = sending.as_mut().poll(&mut task::Context::from_waker(Waker::noop()));
        ctx.link().send_future(async move {
            let result = match begun {
                Poll::Ready(result) => result,
                Poll::Pending => sending.await,
            };
            to_msg(ticket, result)
        });
    }

    /// Describes instances. Returns the ticket that the result comes with.
    pub(super) fn send_describe(
        &mut self,
        ctx: &Context<Self>,
        target: &Target,
        ids: Vec<InstanceId>,
        key_id: String,
        skew_seconds: i64,
        to_msg: impl Fn(u64, Vec<InstanceId>, TransportResult) -> Msg + 'static,
    ) -> u64 {
        let request = clouds::protocol(target.cloud).describe(target, &ids);
        let to_msg = move |ticket, result| to_msg(ticket, ids.clone(), result);
        self.send_read(ctx, target, request, key_id, skew_seconds, to_msg)
    }

    /// Sends a request that only reads. Returns the ticket that the result comes with.
    pub(super) fn send_read(
        &mut self,
        ctx: &Context<Self>,
        target: &Target,
        request: Request<Unsigned>,
        key_id: String,
        skew_seconds: i64,
        to_msg: impl Fn(u64, TransportResult) -> Msg + 'static,
    ) -> u64 {
        let unsigned = UnsignedCall { cloud: target.cloud, key_id, request, skew_seconds };
        // Describe requests have a limit of their own.
        let slot = wait_for_slot(target, "look", target.cloud.describe_calls_per_second, 1_000);
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let Some(abort) = Abort::new() else {
            let word = "aborted".to_owned();
            ctx.link().send_message(to_msg(ticket, TransportResult::NotSent { word }));
            return ticket;
        };
        // Not that of the form, which may lead to another cloud.
        let (vault, route) = (self.vault.clone(), self.config.route_to(target.cloud));
        let locale = self.view.session.locale();
        let sender = abort.sender();
        self.aborts.insert(ticket, abort);
        ctx.link().send_future(async move {
            slot.await;
            let result = match sign(&vault, unsigned, locale, &route).await {
                Ok((signed, _)) => connection::watch(&route, sender.send(&signed, &route)).await,
                Err(word) => TransportResult::NotSent { word: word.into() },
            };
            to_msg(ticket, result)
        });
        ticket
    }

    /// Stores a request for the inspector.
    fn remember_signed(&mut self, call: usize, signed: Rc<Request<Signed>>) {
        let shown = self.view.signed.make_mut();
        if shown.len() <= call {
            shown.resize(call + 1, None);
        }
        if let Some(entry) = shown.get_mut(call) {
            *entry = Some(signed);
        }
    }

    /// Removes the signatures with the key; the inspector shows the rest.
    pub(super) fn remove_signatures(&mut self) {
        for signed in self.view.signed.make_mut().iter_mut().flatten() {
            *signed = Rc::new(signed.without_signature());
        }
    }
}

/// What is to be signed.
pub(super) struct UnsignedCall {
    pub(super) cloud: &'static Cloud,
    pub(super) key_id: String,
    pub(super) request: Request<Unsigned>,
    /// How far the cloud's clock is ahead of the page's.
    pub(super) skew_seconds: i64,
}

/// Signs with the key in the vault, and returns the token in the request; or the code of the reason why
/// that is not possible.
pub(super) async fn sign(
    vault: &Vault,
    unsigned: UnsignedCall,
    locale: Locale,
    route: &Route,
) -> Result<(Request<Signed>, Option<Token>), &'static str> {
    let (cloud, skew_seconds) = (unsigned.cloud, unsigned.skew_seconds);
    let signing_key = vault.signing_key(cloud).await?;
    let signer = Signer {
        key_id: signing_key.key_id().map_or_else(|| unsigned.key_id.clone(), ToOwned::to_owned),
        token: signing_key.token().map(|token| token.to_string()),
        unix_seconds: clock::unix_seconds(skew_seconds),
        nonce: clock::nonce().ok_or("no-random")?,
        sign_action: true,
        locale,
    };
    // However the key was entered: what may be the secret is not sent as its id.
    credential::check_key(cloud, &signer.key_id, vault.guard()).map_err(|_| NO_KEY)?;
    let token = signing_key.token().cloned();
    let prepared = prepare(&unsigned, &signer, route).ok_or("no-direct-way")?;
    signing_key.sign(cloud, prepared).await.map(|signed| (signed, token)).ok_or(NO_KEY)
}

/// The signed request without its signature. Without a proxy it must be one that a browser sends without
/// a CORS preflight.
pub(super) fn prepare(unsigned: &UnsignedCall, signer: &Signer, route: &Route) -> Option<Prepared> {
    match (route, unsigned.cloud.direct) {
        (Route::Direct, Some(algorithm)) => {
            clouds::protocol(unsigned.cloud).prepare_with(algorithm, &unsigned.request, signer)
        }
        (Route::Direct, None) => None,
        (Route::Proxy { .. }, _) => {
            Some(clouds::protocol(unsigned.cloud).prepare(&unsigned.request, signer))
        }
    }
}

/// Waits until all tabs together may send one more of these calls. Without Web Locks only this page's own
/// limits apply, which the run and the preflight keep.
pub(super) fn wait_for_slot(
    target: &Target,
    action: &str,
    per_second: u32,
    window_ms: u32,
) -> impl Future<Output = ()> + 'static {
    let name = format!("{} {} {action}", target.cloud.id, target.region);
    async move {
        let _: Result<(), NoLocks> = locks::rate_limit(&name, per_second.max(1), window_ms).await;
    }
}

/// The delay of a timer until a time; capped, so that a changed clock does not matter.
pub(super) fn pause_until(at: Millis) -> u32 {
    u32::try_from(at.saturating_sub(clock::now())).unwrap_or(u32::MAX).min(60_000)
}
