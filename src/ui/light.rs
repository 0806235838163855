//! What the front draws with: markup is put into the page, and what is there already is brought in
//! step with it, place by place. Parts are written once, for this and for Yew; the names here are
//! Yew's. Yew itself, made for pages of any kind, is a third of all that the front would have to
//! fetch before it can answer (ARCHITECTURE.md has the figures).
//!
//! What it does not do: keys among siblings, and skipping what has not changed. The form has some two
//! hundred nodes, and they are compared in a fraction of a millisecond.

use super::markup::Frame;
use std::{any::Any, borrow::Cow, cell::RefCell, ops::Deref, rc::Rc};
use wasm_bindgen::{JsCast, UnwrapThrowExt, closure::Closure, prelude::wasm_bindgen};
use web_sys::{Element, Event, Node};

/// What of the page cannot fail as it is used here. Each is called some hundred times before the page
/// can answer, and to be ready for an error would take as long as the call.
#[wasm_bindgen]
extern "C" {
    type Dom;
    #[wasm_bindgen(method, js_name = createElementNS)]
    fn create_element(this: &Dom, namespace: &str, tag: &str) -> Element;
    #[wasm_bindgen(method, js_name = createTextNode)]
    fn create_text(this: &Dom, text: &str) -> Node;
    #[wasm_bindgen(method, js_name = setAttribute)]
    fn set_attribute(this: &Dom, key: &str, value: &str);
    #[wasm_bindgen(method, js_name = append)]
    fn append(this: &Dom, node: &Node);
}

/// A text of the markup.
pub(crate) type Text = Cow<'static, str>;

/// The value of an attribute that never changes.
pub(crate) type Fixed = &'static str;

/// Such a value.
pub(crate) const fn fixed(value: &'static str) -> Fixed {
    value
}

/// Markup, to be drawn.
pub(crate) enum Html {
    Text(Text),
    Element(Box<Frame>),
    /// A place in the tree with any number of nodes.
    List(Vec<Html>),
    Part(Box<Part>),
}

impl Default for Html {
    fn default() -> Self {
        Html::List(Vec::new())
    }
}

impl From<Text> for Html {
    fn from(text: Text) -> Self {
        Html::Text(text)
    }
}

impl Frame {
    /// The element, or the list, as a node.
    pub(super) fn html(self) -> Html {
        if self.tag.is_empty() { Html::List(self.children) } else { Html::Element(Box::new(self)) }
    }
}

/// What heeds an event.
pub(crate) struct Listener {
    event: &'static str,
    heed: Heed,
}

type Heed = Rc<dyn Fn(Event)>;

/// What heeds each of the events, by its attribute's name.
pub(crate) mod listener {
    use super::Listener;
    use std::rc::Rc;
    use wasm_bindgen::JsCast;
    use yew::Callback;

    macro_rules! listeners {
        ($($name:ident $event:literal)*) => {
            $(pub(crate) fn $name(callback: Callback<yew::html::$name::Event>) -> Listener {
                let heed = Rc::new(move |event: web_sys::Event| callback.emit(event.unchecked_into()));
                Listener { event: $event, heed }
            })*
        };
    }

    listeners!(
        onclick "click" oninput "input" onchange "change" onkeydown "keydown" onsubmit "submit"
        ontoggle "toggle"
    );
}

/// An element of the page, once it is there.
#[derive(Clone, Default)]
pub(crate) struct NodeRef(Rc<RefCell<Option<Node>>>);

impl NodeRef {
    /// The element, if it is there.
    pub(crate) fn get(&self) -> Option<Node> {
        self.0.borrow().clone()
    }

    /// The element, if it is there and of this type.
    pub(crate) fn cast<T: JsCast>(&self) -> Option<T> {
        self.get()?.dyn_into().ok()
    }
}

/// How a part is drawn from its values. Hooks may be run, always the same ones in the same order.
pub(crate) type Draw<T> = fn(&T, &mut HookContext) -> Html;

/// A part that is to be drawn.
pub(crate) struct Part {
    key: String,
    draw: Box<dyn FnOnce(&mut HookContext) -> Html>,
}

/// Puts a part in its place. Parts that take turns in one place need different keys: by its key is
/// known whose state it keeps.
pub(crate) fn part<T: 'static>(key: &str, draw: Draw<T>, values: T) -> Html {
    let draw = Box::new(move |hooks: &mut HookContext| draw(&values, hooks));
    Html::Part(Box::new(Part { key: key.to_owned(), draw }))
}

/// Has the whole be drawn again, soon.
pub(crate) type Redraw = Rc<dyn Fn()>;

/// What is to be done once all is drawn.
type Effect = Box<dyn FnOnce()>;

/// What a part keeps between two drawings, in the order in which it asks.
pub(crate) struct HookContext {
    kept: Vec<Rc<dyn Any>>,
    next: usize,
    effects: Vec<Effect>,
    redraw: Redraw,
}

impl HookContext {
    fn new(redraw: &Redraw) -> Self {
        HookContext { kept: Vec::new(), next: 0, effects: Vec::new(), redraw: Rc::clone(redraw) }
    }

    /// What was kept in this place; the first time, what it begins with.
    fn keep<T: 'static>(&mut self, first: impl FnOnce() -> T) -> Rc<T> {
        let place = self.next;
        self.next += 1;
        if let Some(kept) = self.kept.get(place)
            && let Ok(kept) = Rc::clone(kept).downcast()
        {
            return kept;
        }
        let first = Rc::new(first());
        self.kept.truncate(place);
        self.kept.push(first.clone());
        first
    }
}

/// Something that a part asks for while it is drawn.
pub(crate) trait Hook {
    /// What it gets.
    type Output;

    /// Gets it.
    fn run(self, hooks: &mut HookContext) -> Self::Output;
}

struct With<F>(F);

impl<T, F: FnOnce(&mut HookContext) -> T> Hook for With<F> {
    type Output = T;

    fn run(self, hooks: &mut HookContext) -> T {
        (self.0)(hooks)
    }
}

/// A place for an element.
pub(crate) fn use_node_ref() -> impl Hook<Output = NodeRef> {
    With(|hooks: &mut HookContext| (*hooks.keep(NodeRef::default)).clone())
}

/// A value that the part keeps; the whole is drawn again when it changes.
pub(crate) fn use_state_eq<T: PartialEq + 'static>(
    first: impl FnOnce() -> T,
) -> impl Hook<Output = State<T>> {
    With(|hooks: &mut HookContext| {
        let kept = hooks.keep(|| RefCell::new(Rc::new(first())));
        let now = Rc::clone(&kept.borrow());
        State { now, kept, redraw: Rc::clone(&hooks.redraw) }
    })
}

/// Something to be done when the part has been drawn with another value than before.
pub(crate) fn use_effect_with<T: PartialEq + 'static>(
    value: T,
    effect: impl FnOnce(&T) + 'static,
) -> impl Hook<Output = ()> {
    With(move |hooks: &mut HookContext| {
        let before = hooks.keep(|| RefCell::new(None::<Rc<T>>));
        if before.borrow().as_deref() != Some(&value) {
            let value = Rc::new(value);
            before.replace(Some(Rc::clone(&value)));
            hooks.effects.push(Box::new(move || effect(&value)));
        }
    })
}

/// A part's own value, as it was when the part was drawn.
pub(crate) struct State<T> {
    now: Rc<T>,
    kept: Rc<RefCell<Rc<T>>>,
    redraw: Redraw,
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        State {
            now: Rc::clone(&self.now),
            kept: Rc::clone(&self.kept),
            redraw: Rc::clone(&self.redraw),
        }
    }
}

impl<T: PartialEq> State<T> {
    /// Changes it.
    pub(crate) fn set(&self, value: T) {
        if **self.kept.borrow() != value {
            self.kept.replace(Rc::new(value));
            (self.redraw)();
        }
    }
}

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.now
    }
}

/// The place where everything is drawn.
pub(crate) struct Canvas {
    root: Node,
    document: Dom,
    drawn: RefCell<Option<Drawn>>,
}

impl Canvas {
    /// Draws inside of a node.
    pub(crate) fn new(root: Node) -> Self {
        // Every node has a document.
        let document = root.owner_document().unwrap_throw().unchecked_into();
        Canvas { root, document, drawn: RefCell::new(None) }
    }

    /// Brings what is there in step with the markup.
    pub(crate) fn draw(&self, html: Html, redraw: &Redraw) {
        let before = self.drawn.take();
        let mut pen = Pen { document: &self.document, redraw, effects: Vec::new() };
        let place = Place { parent: &self.root, svg: false, fresh: false };
        let drawn = pen.put(html, before, &place, None);
        let effects = pen.effects;
        self.drawn.replace(Some(drawn));
        for effect in effects {
            effect();
        }
    }

    /// Takes away all that is drawn.
    pub(crate) fn clear(&self) {
        if let Some(drawn) = self.drawn.take() {
            drawn.remove(&self.root);
        }
    }
}

/// What is in the page.
enum Drawn {
    Text(Text, Node),
    Element(Box<DrawnElement>),
    List(Vec<Drawn>),
    Part(Box<DrawnPart>),
}

struct DrawnElement {
    element: Element,
    tag: &'static str,
    fixed: &'static [(&'static str, Fixed)],
    keys: &'static [&'static str],
    values: Vec<Option<Text>>,
    heeded: Vec<Heeded>,
    children: Vec<Drawn>,
}

struct DrawnPart {
    key: String,
    hooks: HookContext,
    drawn: Drawn,
}

/// A listener in the page; what it calls may be replaced.
struct Heeded {
    heed: Rc<RefCell<Heed>>,
    /// The page holds no more than a way to this.
    _closure: Closure<dyn FnMut(Event)>,
}

impl Drawn {
    /// Its first node in the page.
    fn first(&self) -> Option<&Node> {
        match self {
            Drawn::Text(_, node) => Some(node),
            Drawn::Element(element) => Some(&element.element),
            Drawn::List(list) => list.iter().find_map(Drawn::first),
            Drawn::Part(part) => part.drawn.first(),
        }
    }

    fn remove(self, parent: &Node) {
        // What is there has been put there, so it can be taken away.
        match self {
            Drawn::Text(_, node) => drop(parent.remove_child(&node)),
            Drawn::Element(element) => drop(parent.remove_child(&element.element)),
            Drawn::List(list) => list.into_iter().for_each(|one| one.remove(parent)),
            Drawn::Part(part) => part.drawn.remove(parent),
        }
    }
}

/// Where something is put.
struct Place<'a> {
    parent: &'a Node,
    /// Whether it is a picture, whose elements have names of their own.
    svg: bool,
    /// Whether the parent has just been made: then everything goes behind what it has.
    fresh: bool,
}

impl Place<'_> {
    fn insert(&self, node: &Node, next: Option<&Node>) {
        match next {
            None => self.parent.unchecked_ref::<Dom>().append(node),
            // Somebody else, a translator say, may have taken away what follows.
            Some(_) => drop(self.parent.insert_before(node, next)),
        }
    }
}

struct Pen<'a> {
    document: &'a Dom,
    redraw: &'a Redraw,
    effects: Vec<Effect>,
}

impl Pen<'_> {
    /// Puts markup where `old` is, or before `next`.
    fn put(
        &mut self,
        html: Html,
        old: Option<Drawn>,
        place: &Place<'_>,
        next: Option<&Node>,
    ) -> Drawn {
        match (html, old) {
            (Html::Text(text), Some(Drawn::Text(before, node))) => {
                if text != before {
                    node.set_node_value(Some(&text));
                }
                Drawn::Text(text, node)
            }
            (Html::Element(frame), Some(Drawn::Element(mut drawn))) if drawn.is_like(&frame) => {
                self.edit(&mut drawn, *frame, place.svg, false);
                Drawn::Element(drawn)
            }
            (Html::List(list), Some(Drawn::List(before))) => {
                Drawn::List(self.put_all(list, before, place, next))
            }
            (Html::Part(part), Some(Drawn::Part(before))) if part.key == before.key => {
                let DrawnPart { key, hooks, drawn } = *before;
                self.put_part(key, part.draw, hooks, Some(drawn), place, next)
            }
            (html, Some(old)) => {
                // In the place of something else: first the new, so that the place is known.
                let drawn = self.put(html, None, place, old.first().or(next));
                old.remove(place.parent);
                drawn
            }
            (Html::Text(text), None) => {
                let node = self.document.create_text(&text);
                place.insert(&node, next);
                Drawn::Text(text, node)
            }
            (Html::Element(frame), None) => {
                let mut drawn = DrawnElement::new(&frame, place.svg, self.document);
                self.edit(&mut drawn, *frame, place.svg, true);
                place.insert(&drawn.element, next);
                Drawn::Element(Box::new(drawn))
            }
            (Html::List(list), None) => Drawn::List(self.put_all(list, Vec::new(), place, next)),
            (Html::Part(part), None) => {
                let hooks = HookContext::new(self.redraw);
                self.put_part(part.key, part.draw, hooks, None, place, next)
            }
        }
    }

    /// The last first: then what follows is always there already.
    fn put_all(
        &mut self,
        list: Vec<Html>,
        mut before: Vec<Drawn>,
        place: &Place<'_>,
        next: Option<&Node>,
    ) -> Vec<Drawn> {
        if place.fresh {
            return list.into_iter().map(|html| self.put(html, None, place, None)).collect();
        }
        for surplus in before.drain(list.len().min(before.len())..) {
            surplus.remove(place.parent);
        }
        let mut before: Vec<Option<Drawn>> = before.into_iter().map(Some).collect();
        before.resize_with(list.len(), || None);
        let mut drawn: Vec<Drawn> = Vec::with_capacity(list.len());
        let mut next = next.cloned();
        for (html, old) in list.into_iter().zip(before).rev() {
            let one = self.put(html, old, place, next.as_ref());
            next = one.first().cloned().or(next);
            drawn.push(one);
        }
        drawn.reverse();
        drawn
    }

    fn put_part(
        &mut self,
        key: String,
        draw: Box<dyn FnOnce(&mut HookContext) -> Html>,
        mut hooks: HookContext,
        old: Option<Drawn>,
        place: &Place<'_>,
        next: Option<&Node>,
    ) -> Drawn {
        hooks.next = 0;
        let html = draw(&mut hooks);
        let drawn = self.put(html, old, place, next);
        // After those of the parts inside.
        self.effects.append(&mut hooks.effects);
        Drawn::Part(Box::new(DrawnPart { key, hooks, drawn }))
    }

    /// Brings an element in step: attributes, listeners, what is inside, what a field shows.
    fn edit(&mut self, drawn: &mut DrawnElement, frame: Frame, svg: bool, fresh: bool) {
        let element = &drawn.element;
        for ((key, value), before) in frame.keys.iter().zip(&frame.values).zip(&mut drawn.values) {
            // A choice that somebody has made no longer heeds the attribute.
            if *key == "selected" && value.is_some() {
                set(element, key, &true.into());
            }
            if value != before {
                match value {
                    Some(value) => element.unchecked_ref::<Dom>().set_attribute(key, value),
                    // An attribute that is there can be taken away.
                    None => drop(element.remove_attribute(key)),
                }
                before.clone_from(value);
            }
        }
        for (heeded, listener) in drawn.heeded.iter().zip(frame.listeners) {
            heeded.heed.replace(listener.heed);
        }
        let before = std::mem::take(&mut drawn.children);
        let place = Place { parent: element, svg: svg || drawn.tag == "svg", fresh };
        drawn.children = self.put_all(frame.children, before, &place, None);
        if let Some(value) = frame.value
            && get(element, "value").as_deref() != Some(&*value)
        {
            set(element, "value", &(&*value).into());
        }
        if let Some(checked) = frame.checked {
            set(element, "checked", &checked.into());
        }
        frame.node.0.replace(Some(element.clone().into()));
    }
}

impl DrawnElement {
    /// A fresh element, with all that never changes.
    fn new(frame: &Frame, svg: bool, document: &Dom) -> Self {
        let namespace = if svg || frame.tag == "svg" {
            "http://www.w3.org/2000/svg"
        } else {
            "http://www.w3.org/1999/xhtml"
        };
        let element = document.create_element(namespace, frame.tag);
        for (key, value) in frame.fixed {
            element.unchecked_ref::<Dom>().set_attribute(key, value);
        }
        DrawnElement {
            heeded: frame.listeners.iter().map(|listener| heed(&element, listener)).collect(),
            element,
            tag: frame.tag,
            fixed: frame.fixed,
            keys: frame.keys,
            values: vec![None; frame.values.len()],
            children: Vec::new(),
        }
    }

    /// Whether the markup is of the same element, with other values at most.
    fn is_like(&self, frame: &Frame) -> bool {
        self.tag == frame.tag
            && self.keys == frame.keys
            && self.fixed == frame.fixed
            && self.heeded.len() == frame.listeners.len()
    }
}

fn heed(element: &Element, listener: &Listener) -> Heeded {
    let heed = Rc::new(RefCell::new(Rc::clone(&listener.heed)));
    let closure = {
        let heed = Rc::clone(&heed);
        Closure::<dyn FnMut(Event)>::new(move |event| {
            // Not held while it runs: what it does may be drawn.
            let heed = Rc::clone(&heed.borrow());
            heed(event);
        })
    };
    let function = closure.as_ref().unchecked_ref();
    let _ = element.add_event_listener_with_callback(listener.event, function);
    Heeded { heed, _closure: closure }
}

fn get(element: &Element, property: &str) -> Option<String> {
    js_sys::Reflect::get(element, &property.into()).ok()?.as_string()
}

fn set(element: &Element, property: &str, value: &wasm_bindgen::JsValue) {
    // A field takes every value.
    let _ = js_sys::Reflect::set(element, &property.into(), value);
}
