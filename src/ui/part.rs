//! The parts of the page that have a state or a redraw of their own. To Yew they are all one
//! component: for each component type it generates some four kilobytes, and all of them are
//! fetched before the page can answer.

use std::{any::Any, rc::Rc};
use yew::{
    Html, Properties, function_component,
    functional::{Hook, HookContext},
    html,
    virtual_dom::Key,
};

/// How a part is drawn from its values. Hooks may be run, always the same ones in the same order.
pub(crate) type Draw<T> = fn(&T, &mut HookContext) -> Html;

/// Puts a part in its place, to be drawn again when its values differ. Siblings need different
/// keys, and so do parts that take turns in one place: by its key Yew knows whose state it keeps.
pub(crate) fn part<T: PartialEq + 'static>(key: &str, draw: Draw<T>, values: T) -> Html {
    put(key, Held(Rc::new(Drawn { draw, values })))
}

fn put(key: &str, part: Held) -> Html {
    html! { <Part key={Key::from(key)} {part} /> }
}

struct Drawn<T> {
    draw: Draw<T>,
    values: T,
}

trait AnyDrawn {
    fn draw(&self, hooks: &mut HookContext) -> Html;
    fn is(&self, other: &dyn AnyDrawn) -> bool;
    fn as_any(&self) -> &dyn Any;
}

impl<T: PartialEq + 'static> AnyDrawn for Drawn<T> {
    fn draw(&self, hooks: &mut HookContext) -> Html {
        (self.draw)(&self.values, hooks)
    }

    fn is(&self, other: &dyn AnyDrawn) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|other| self.values == other.values)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Clone)]
struct Held(Rc<dyn AnyDrawn>);

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.0.is(&*other.0)
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    part: Held,
}

#[function_component]
fn Part(props: &Props) -> Html {
    use_part(&props.part)
}

/// Lends the hooks of the one component to a part.
fn use_part(part: &Held) -> impl Hook<Output = Html> {
    Drawing(part)
}

struct Drawing<'part>(&'part Held);

impl Hook for Drawing<'_> {
    type Output = Html;

    fn run(self, hooks: &mut HookContext) -> Html {
        self.0.0.draw(hooks)
    }
}
