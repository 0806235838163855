//! Markup as in Yew's `html!`, which this [`html!`] stands in for: the same words, but what comes
//! out of it is a row of short calls. Yew's own writes every element out in full, some hundred
//! bytes each, and the page has hundreds of them.
//!
//! What it knows: elements with literal, braced and short-hand attributes, `key` and `ref`, the
//! events named below, `{ value }`, `{ for values }`, `if` with `else`, and `<>…</>`.

use super::base::{Fixed, Html, Listener, NodeRef, Text, listener};
use yew::Callback;

/// Elements on the way to becoming [`Html`]: the innermost open one is the last.
pub(crate) struct Markup {
    open: Vec<Frame>,
}

/// An element that is open; a list, if it has no tag.
#[derive(Default)]
pub(crate) struct Frame {
    pub(super) tag: &'static str,
    pub(super) fixed: &'static [(&'static str, Fixed)],
    pub(super) keys: &'static [&'static str],
    pub(super) values: Vec<Option<Text>>,
    pub(super) node: NodeRef,
    pub(super) key: Option<Text>,
    pub(super) listeners: Vec<Listener>,
    pub(super) value: Option<Text>,
    pub(super) checked: Option<bool>,
    pub(super) children: Vec<Html>,
}

impl Markup {
    /// Markup with nothing in it.
    pub(crate) fn new() -> Self {
        Markup { open: vec![Frame::default()] }
    }

    /// Opens an element with attributes that never change.
    #[inline(never)]
    pub(crate) fn fixed(&mut self, tag: &'static str, fixed: &'static [(&'static str, Fixed)]) {
        self.open.push(Frame { tag, fixed, ..Frame::default() });
    }

    /// Opens an element whose attributes have the values that are given next, in the same order.
    #[inline(never)]
    pub(crate) fn mixed(&mut self, tag: &'static str, keys: &'static [&'static str]) {
        self.open.push(Frame { tag, keys, ..Frame::default() });
    }

    /// Opens a list, which is a place in the tree with any number of elements.
    #[inline(never)]
    pub(crate) fn list(&mut self) {
        self.open.push(Frame::default());
    }

    /// The value of the next attribute.
    pub(crate) fn attribute(&mut self, value: impl Value) {
        self.put_attribute(value.text());
    }

    /// What a field shows.
    pub(crate) fn value(&mut self, value: impl Value) {
        self.top().value = value.text();
    }

    /// Whether a box is ticked.
    pub(crate) fn checked(&mut self, checked: bool) {
        self.top().checked = Some(checked);
    }

    /// The key among the siblings.
    pub(crate) fn key(&mut self, key: &str) {
        self.top().key = Some(key.to_owned().into());
    }

    /// Where to put the element once it is there.
    pub(crate) fn node(&mut self, node: NodeRef) {
        self.top().node = node;
    }

    /// Heeds clicks.
    pub(crate) fn onclick(&mut self, callback: Callback<yew::html::onclick::Event>) {
        self.listen(listener::onclick(callback));
    }

    /// Heeds typing.
    pub(crate) fn oninput(&mut self, callback: Callback<yew::html::oninput::Event>) {
        self.listen(listener::oninput(callback));
    }

    /// Heeds what is chosen, or typed to the end.
    pub(crate) fn onchange(&mut self, callback: Callback<yew::html::onchange::Event>) {
        self.listen(listener::onchange(callback));
    }

    /// Heeds keys.
    pub(crate) fn onkeydown(&mut self, callback: Callback<yew::html::onkeydown::Event>) {
        self.listen(listener::onkeydown(callback));
    }

    /// Heeds the sending of a form.
    pub(crate) fn onsubmit(&mut self, callback: Callback<yew::html::onsubmit::Event>) {
        self.listen(listener::onsubmit(callback));
    }

    /// Heeds opening and folding.
    pub(crate) fn ontoggle(&mut self, callback: Callback<yew::html::ontoggle::Event>) {
        self.listen(listener::ontoggle(callback));
    }

    /// Puts something into the innermost element.
    pub(crate) fn child(&mut self, child: impl Piece) {
        self.put_child(child.html());
    }

    /// Closes the innermost element, or list.
    #[inline(never)]
    pub(crate) fn close(&mut self) {
        let frame = self.open.pop().unwrap_or_default();
        self.put_child(frame.html());
    }

    /// The markup, all of whose elements are closed.
    #[inline(never)]
    pub(crate) fn done(mut self) -> Html {
        let mut root = self.open.pop().unwrap_or_default();
        match root.children.pop() {
            // Alone it keeps its own key.
            Some(only) if root.children.is_empty() => only,
            Some(last) => {
                root.children.push(last);
                root.html()
            }
            None => Html::default(),
        }
    }

    #[inline(never)]
    fn put_attribute(&mut self, value: Option<Text>) {
        self.top().values.push(value);
    }

    #[inline(never)]
    fn put_child(&mut self, child: Html) {
        self.top().children.push(child);
    }

    #[inline(never)]
    fn listen(&mut self, listener: Listener) {
        self.top().listeners.push(listener);
    }

    #[inline(never)]
    fn top(&mut self) -> &mut Frame {
        if self.open.is_empty() {
            self.open.push(Frame::default());
        }
        let last = self.open.len() - 1;
        &mut self.open[last]
    }
}

/// What an attribute can have as its value.
pub(crate) trait Value {
    /// The text of the attribute; `None` if it is left out.
    fn text(self) -> Option<Text>;
}

impl Value for &'static str {
    fn text(self) -> Option<Text> {
        Some(Text::from(self))
    }
}

impl Value for String {
    fn text(self) -> Option<Text> {
        Some(self.into())
    }
}

impl Value for bool {
    fn text(self) -> Option<Text> {
        self.then_some(Text::from(""))
    }
}

impl<T: Value> Value for Option<T> {
    fn text(self) -> Option<Text> {
        self.and_then(Value::text)
    }
}

/// What can stand inside an element.
pub(crate) trait Piece {
    /// As a node.
    fn html(self) -> Html;
}

impl Piece for Html {
    fn html(self) -> Html {
        self
    }
}

impl Piece for &'static str {
    #[inline(never)]
    fn html(self) -> Html {
        Text::from(self).into()
    }
}

/// A text that is made at run time may have come from outside: whatever in it cannot be seen, or turns
/// what stands around it, is written out.
impl Piece for String {
    #[inline(never)]
    fn html(self) -> Html {
        #[cfg(feature = "console")]
        if let std::borrow::Cow::Owned(visible) = relight_core::visible::visible_lines(&self) {
            return Text::from(visible).into();
        }
        Text::from(self).into()
    }
}

impl<T: Piece> Piece for Option<T> {
    fn html(self) -> Html {
        self.map(Piece::html).unwrap_or_default()
    }
}

/// The names of several classes as one value; empty ones are passed over.
pub(crate) fn class(names: &[&str]) -> Option<String> {
    let mut class = String::new();
    for name in names.iter().filter(|name| !name.is_empty()) {
        if !class.is_empty() {
            class.push(' ');
        }
        class.push_str(name);
    }
    (!class.is_empty()).then_some(class)
}

/// Markup as [`Html`].
macro_rules! html {
    // What is inside an element.
    (@in $b:ident) => {};
    (@in $b:ident < / > $($r:tt)*) => { $b.close(); html!(@in $b $($r)*); };
    (@in $b:ident < / $tag:ident > $($r:tt)*) => { $b.close(); html!(@in $b $($r)*); };
    (@in $b:ident < > $($r:tt)*) => { $b.list(); html!(@in $b $($r)*); };
    (@in $b:ident < $tag:ident $($r:tt)*) => { html!(@at $b $tag fixed [] [] $($r)*); };
    (@in $b:ident { for $e:expr } $($r:tt)*) => {
        for one in $e {
            $b.child(one);
        }
        html!(@in $b $($r)*);
    };
    (@in $b:ident { $e:expr } $($r:tt)*) => { $b.child($e); html!(@in $b $($r)*); };
    (@in $b:ident if $($r:tt)*) => { html!(@if $b () [] $($r)*); };

    // A condition, token by token up to its block. It has a place in the tree, even when empty.
    (@if $b:ident ($($d:tt)*) [$($c:tt)*] { $($y:tt)* } else if $($r:tt)*) => {
        html!(@if $b ($($d)* if $($c)* { html!(@in $b $($y)*); } else) [] $($r)*);
    };
    (@if $b:ident ($($d:tt)*) [$($c:tt)*] { $($y:tt)* } else { $($n:tt)* } $($r:tt)*) => {
        $b.list();
        $($d)* if $($c)* { html!(@in $b $($y)*); } else { html!(@in $b $($n)*); }
        $b.close();
        html!(@in $b $($r)*);
    };
    (@if $b:ident ($($d:tt)*) [$($c:tt)*] { $($y:tt)* } $($r:tt)*) => {
        $b.list();
        $($d)* if $($c)* { html!(@in $b $($y)*); }
        $b.close();
        html!(@in $b $($r)*);
    };
    (@if $b:ident ($($d:tt)*) [$($c:tt)*] $t:tt $($r:tt)*) => {
        html!(@if $b ($($d)*) [$($c)* $t] $($r)*);
    };

    // The end of the attributes.
    (@at $b:ident $tag:ident $m:ident [$($p:tt)*] [$($x:tt)*] / > $($r:tt)*) => {
        html!(@open $b $tag $m [$($p)*] [$($x)*]);
        $b.close();
        html!(@in $b $($r)*);
    };
    (@at $b:ident $tag:ident $m:ident [$($p:tt)*] [$($x:tt)*] > $($r:tt)*) => {
        html!(@open $b $tag $m [$($p)*] [$($x)*]);
        html!(@in $b $($r)*);
    };
    (@open $b:ident $tag:ident fixed [$($k:tt $v:tt)*] [$($x:tt)*]) => {
        $b.fixed(
            stringify!($tag),
            const { &[$(($k, $crate::ui::base::fixed($v))),*] },
        );
        $($x)*
    };
    (@open $b:ident $tag:ident mixed [$($k:tt $v:tt)*] [$($x:tt)*]) => {
        $b.mixed(stringify!($tag), &[$($k),*]);
        $($b.attribute($v);)*
        $($x)*
    };

    // Attributes that are more than text.
    (@at $b:ident $tag:ident $m:ident $p:tt [$($x:tt)*] key = { $e:expr } $($r:tt)*) => {
        html!(@at $b $tag $m $p [$($x)* $b.key($e);] $($r)*);
    };
    (@at $b:ident $tag:ident $m:ident $p:tt [$($x:tt)*] ref = { $e:expr } $($r:tt)*) => {
        html!(@at $b $tag $m $p [$($x)* $b.node($e);] $($r)*);
    };
    (@at $b:ident input $m:ident $p:tt [$($x:tt)*] value = { $e:expr } $($r:tt)*) => {
        html!(@at $b input $m $p [$($x)* $b.value($e);] $($r)*);
    };
    (@at $b:ident input $m:ident $p:tt [$($x:tt)*] checked = { $e:expr } $($r:tt)*) => {
        html!(@at $b input $m $p [$($x)* $b.checked($e);] $($r)*);
    };
    (@at $b:ident $tag:ident $m:ident $p:tt [$($x:tt)*] onclick = { $e:expr } $($r:tt)*) => {
        html!(@at $b $tag $m $p [$($x)* $b.onclick($e);] $($r)*);
    };
    (@at $b:ident $tag:ident $m:ident $p:tt [$($x:tt)*] oninput = { $e:expr } $($r:tt)*) => {
        html!(@at $b $tag $m $p [$($x)* $b.oninput($e);] $($r)*);
    };
    (@at $b:ident $tag:ident $m:ident $p:tt [$($x:tt)*] onchange = { $e:expr } $($r:tt)*) => {
        html!(@at $b $tag $m $p [$($x)* $b.onchange($e);] $($r)*);
    };
    (@at $b:ident $tag:ident $m:ident $p:tt [$($x:tt)*] onkeydown = { $e:expr } $($r:tt)*) => {
        html!(@at $b $tag $m $p [$($x)* $b.onkeydown($e);] $($r)*);
    };
    (@at $b:ident $tag:ident $m:ident $p:tt [$($x:tt)*] onsubmit = { $e:expr } $($r:tt)*) => {
        html!(@at $b $tag $m $p [$($x)* $b.onsubmit($e);] $($r)*);
    };
    (@at $b:ident $tag:ident $m:ident $p:tt [$($x:tt)*] ontoggle = { $e:expr } $($r:tt)*) => {
        html!(@at $b $tag $m $p [$($x)* $b.ontoggle($e);] $($r)*);
    };

    // Short-hand, then attributes by the number of words in their names.
    (@at $b:ident $tag:ident $m:ident $p:tt $x:tt { $name:ident } $($r:tt)*) => {
        html!(@at $b $tag $m $p $x $name = { $name } $($r)*);
    };
    (@at $b:ident $tag:ident $m:ident $p:tt $x:tt $k:ident = $v:tt $($r:tt)*) => {
        html!(@put $b $tag $m $p $x (stringify!($k)) $v $($r)*);
    };
    (@at $b:ident $tag:ident $m:ident $p:tt $x:tt $k:ident - $l:ident = $v:tt $($r:tt)*) => {
        html!(@put $b $tag $m $p $x (concat!(stringify!($k), "-", stringify!($l))) $v $($r)*);
    };
    (@at $b:ident $tag:ident $m:ident $p:tt $x:tt $k:ident - $l:ident - $n:ident = $v:tt $($r:tt)*) => {
        html!(@put $b $tag $m $p $x
            (concat!(stringify!($k), "-", stringify!($l), "-", stringify!($n))) $v $($r)*);
    };
    (@put $b:ident $tag:ident $m:ident [$($p:tt)*] $x:tt $k:tt $v:literal $($r:tt)*) => {
        html!(@at $b $tag $m [$($p)* $k $v] $x $($r)*);
    };
    (@put $b:ident $tag:ident $m:ident [$($p:tt)*] $x:tt $k:tt $v:tt $($r:tt)*) => {
        html!(@at $b $tag mixed [$($p)* $k $v] $x $($r)*);
    };

    (@ $($t:tt)*) => { compile_error!(concat!("markup: ", stringify!($($t)*))) };
    ($($t:tt)*) => {{
        let mut markup = $crate::ui::markup::Markup::new();
        html!(@in markup $($t)*);
        markup.done()
    }};
}

pub(crate) use html;
